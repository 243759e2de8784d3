import { execa, execaSync } from 'execa';
import { describe, expect, test } from 'vitest';
import { commandLine, runRegress, shippedCommandLine } from '../support/project.ts';

const run = (...args: string[]) => runRegress(args, { cwd: '/tmp' });

/** The commands that `regress --help` lists. */
const { stdout: help } = execaSync('node', [commandLine(), '--help']);
const section = help.slice(help.indexOf('Commands:'), help.indexOf('\n\nExample'));
const commands = [...section.matchAll(/^ {2}([a-z]+) /gm)]
  .map(([, name = '']) => name)
  .filter((name) => name !== 'help');

test('regress --help names its commands and shows examples', () => {
  expect(commands).toEqual(expect.arrayContaining(['init', 'snapshot', 'check', 'update', 'verify', 'doctor']));
  expect(help).toMatch(/Examples:\n {2}regress check\n/);
});

describe.each(commands)('regress %s', (command) => {
  test('--help shows an example of itself that the command line takes', async () => {
    const { stdout, stderr, status } = await run(command, '--help');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const [, examples = ''] = /\nExamples?:\n((?: {2}.+\n?)+)$/.exec(stdout) ?? [];
    const lines = examples.trim().split(/\n\s*/);
    for (const line of lines) expect(line).toMatch(new RegExp(`^regress ${command}( |$)`));
    // Options that exist: each is in the help of the command.
    const options = lines.flatMap((line) => (line.split(' -- ')[0] ?? '').split(' | ')[0]?.match(/--[a-z-]+/g) ?? []);
    for (const option of options) expect(stdout).toContain(option);
  });

  test('a slip of the hand is answered by what was meant', async () => {
    const wrong = `${command.slice(0, -2)}${command.at(-1)}${command.at(-2)}`;
    const outcome = await run(wrong);
    expect(outcome).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(`Did you mean ${command}?`),
    });
  });
});

test('a slip in an option is answered too, and by the help of its command', async () => {
  const { stderr } = await run('check', '--snapshto', 'x');
  expect(stderr).toContain('Did you mean --snapshot?');
  expect(stderr).toContain('(npx regress-pg check --help lists its options)');
  expect((await run('extension', 'build', '--x')).stderr).toContain(
    '(npx regress-pg extension build --help lists its options)',
  );
});

test.each([
  ['chekc', '--help'],
  ['help', 'chekc'],
  ['--config', 'x.yaml', 'chekc', '-h'],
])('help of a command that does not exist is not the general help: %s %s', async (...args) => {
  const outcome = await run(...args);
  expect(outcome).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Did you mean check?') });
});

test('help may be asked for before or behind a command', async () => {
  const [before, behind] = await Promise.all([run('help', 'check'), run('check', '--help')]);
  expect(before).toEqual(behind);
  expect((await run('extension', 'build', '--help')).stdout).toContain('Usage: regress extension build');
});

/** What starting Node.js takes is the measure, taken in the same seconds, so that a busy machine is one for both. */
test('regress --help takes at most twice the time of node -e 0', { retry: 2 }, async () => {
  const time = async (args: readonly string[]) => {
    const begin = performance.now();
    await execa('node', args, { stdin: 'ignore' });
    return performance.now() - begin;
  };
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < 9; round++) {
    bare.push(await time(['-e', '0']));
    ours.push(await time([shippedCommandLine(), '--help']));
  }
  const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
  const ratio = median(ours) / median(bare);
  console.info(`regress --help: ${ratio.toFixed(2)} times node -e 0 (${median(ours).toFixed(0)} ms)`);
  expect(ratio).toBeLessThanOrEqual(2);
});
