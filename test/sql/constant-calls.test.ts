import { beforeAll, expect, it } from 'vitest';
import { constantCalls } from '../../src/sql/constant-calls.ts';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';

beforeAll(loadScanner);

it.each([
  ['SELECT 1 FROM t WHERE a = tenant()', ['tenant']],
  ['SELECT 1 FROM t WHERE a = app."Tenant of"($1, 2)', ['Tenant of']],
  ['SELECT 1 FROM t WHERE a = f(b)', []],
  ['SELECT 1 FROM t WHERE a = f(g(1), b)', ['g']],
  ['SELECT 1 FROM t WHERE a = g(f())', ['f', 'g']],
  ['SELECT 1 FROM rows_of(1) AS r', []],
  ['UPDATE t SET a = 1 WHERE b = (SELECT f())', ['f']],
  ['WITH x AS (SELECT 1 FROM t WHERE a > f(DEFAULT_DAYS => 3)) SELECT * FROM x', ['f']],
  ['SELECT what this is no parser knows', []],
])('%s calls %j', (statement, names) => {
  expect(constantCalls(statement)).toEqual(names);
});
