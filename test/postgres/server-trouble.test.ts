import { expect, test } from 'vitest';
import { isServerError } from '../../src/postgres/index.ts';

test.each<[code: string | undefined, took: number, expected: boolean, why: string]>([
  ['08P01', 10, true, 'a message that was garbled on its way'],
  ['40001', 10, true, 'a standby that has to go on'],
  ['40P01', 10, true, 'a deadlock'],
  ['53100', 10, true, 'a full disk'],
  ['53200', 10, true, 'no memory'],
  ['55P03', 10, true, 'a lock that somebody holds'],
  ['57P01', 10, true, 'an administrator'],
  ['58030', 10, true, 'a disk that cannot be read'],
  ['57014', 10, true, 'somebody who cancels'],
  ['57014', 60_000, false, 'the limit of planning'],
  ['42P01', 10, false, 'a table that is not there'],
  ['22P02', 10, false, 'a value that does not fit'],
  ['55000', 10, false, 'an object that is not in the right state'],
  ['54001', 10, false, 'a statement that is too complex'],
  ['ECONNRESET', 10, false, 'an error of the network, which has its own words'],
  [undefined, 10, false, 'a mistake'],
])('%s after %i ms: %s, for %s', (code, took, expected, _) => {
  expect(isServerError(code, took)).toBe(expected);
});
