import { expect, test } from 'vitest';
import { describeError } from '../../src/judging/describe-error.ts';
import { RegressError } from '../../src/model/errors.ts';

test('an error reads as those of PostgreSQL, and steers no terminal', () => {
  const error = new RegressError('suite', 'bad \x1b[31mred', { detail: 'Line one.\nLine two.', hint: 'Type this.' });
  expect(describeError(error)).toBe(
    'regress: error: bad \\x1b[31mred\nDETAIL:  Line one.\n  Line two.\nHINT:  Type this.\n',
  );
});

test('the lines of a source keep their margin', () => {
  expect(describeError(new RegressError('suite', 'wrong', { detail: '\n    x: 1\n    ^' }))).toBe(
    'regress: error: wrong\n    x: 1\n    ^\n',
  );
});

test('what was not foreseen is called a mistake of ours, with its stack', () => {
  expect(describeError(new TypeError('oops'))).toMatch(
    /^regress: error: unexpected error\nDETAIL: {2}TypeError: oops\n {4}at .*HINT: {2}This is a bug in regress/s,
  );
});
