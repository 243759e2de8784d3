import { open, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { RegressError } from '../../src/model/errors.ts';
import { asRegressError, writing } from '../../src/model/file-error.ts';

describe('what the system has against a file', () => {
  test.each([
    ['ENOSPC', () => writeFile('/dev/full', 'text'), /free disk space/i],
    ['EISDIR', async () => void (await open('/proc', 'w')), undefined],
    ['ENOENT', () => writeFile('/nowhere/at/all', 'text'), undefined],
  ])('%s is told with what was written', async (code, work, hint) => {
    const error = await writing('the snapshot x', 'snapshot', work).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RegressError);
    expect(error).toMatchObject({ code: 'snapshot', message: 'could not write the snapshot x' });
    expect((error as RegressError).detail).toContain(code);
    if (hint === undefined) expect((error as RegressError).hint).toBeUndefined();
    else expect((error as RegressError).hint).toMatch(hint);
  });

  test('an error of ours, or a mistake, passes through', async () => {
    const ours = new RegressError('suite', 'bad');
    const mistake = new TypeError('oops');
    for (const error of [ours, mistake]) {
      await expect(writing('x', 'snapshot', () => Promise.reject(error))).rejects.toBe(error);
    }
    expect(asRegressError(mistake)).toBeNull();
  });

  test.each(['EMFILE', 'EROFS', 'EDQUOT', 'EACCES', 'ENOSPC'])(
    '%s is none of our mistakes, wherever it comes from',
    (code) => {
      const error = Object.assign(new Error(`${code}: no, open '/x'`), { code, syscall: 'open', path: '/x' });
      expect(asRegressError(error)).toMatchObject({
        code: 'environment',
        message: 'system call failed: open /x',
        hint: expect.any(String),
      });
    },
  );
});
