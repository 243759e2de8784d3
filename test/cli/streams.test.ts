import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../support/project.ts';

describe('where output cannot be written', () => {
  test.each([['--help'], ['snapshot', '--print-sql']])('a reader of %s that went away is no error', async (...args) => {
    const started = execa('node', [commandLine(), ...args], { reject: false, stdin: 'ignore' });
    started.stdout.destroy();
    const { exitCode, stderr } = await started;
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  test.skipIf(process.platform !== 'linux')('results on a full disk end with 2 and say so', async () => {
    const { exitCode, stderr } = await execa('sh', ['-c', 'node "$0" snapshot --print-sql >/dev/full', commandLine()], {
      reject: false,
    });
    expect(stderr).toMatch(/^regress: error: could not write the results: ENOSPC/);
    expect(exitCode).toBe(2);
  });

  test('a command is asked for', async () => {
    expect((await execa('node', [commandLine()], { reject: false })).exitCode).toBe(2);
    expect((await execa('node', [commandLine(), 'help'], { reject: false })).exitCode).toBe(0);
  });
});
