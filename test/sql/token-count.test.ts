import { beforeAll, expect, test } from 'vitest';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';
import { scan } from '../../src/sql/text/scan.ts';
import { endOfTokens } from '../../src/sql/text/token-count.ts';

beforeAll(loadScanner);

test.each([
  "SELECT a, 'b''c', E'd\\'e', \"f\"\"g\" FROM t WHERE x = $1",
  "SELECT $$ ; ' $$, $a$ $$ ' $a$, U&'\\0041', e'\\\\' -- it's\n, 2",
  "SELECT 1 /* a /* ' */ ' */ , 'x' /* \" */ , N'y'",
  'SELECT naïve, 注文 FROM "日本" -- é',
  "SELECT 'open",
])('%s has no more tokens than are counted', (sql) => {
  const tokens = sql.endsWith('open') ? 2 : scan(sql).length;
  expect(endOfTokens(sql, tokens - 1)).not.toBeNull();
  // At least: operators are counted by their signs, and quotes that are doubled as two.
  expect(endOfTokens(sql, tokens + 6)).toBeNull();
});

test('a long comment, string or quoted text is one token', () => {
  const long = "x'y ; ".repeat(100_000);
  for (const sql of [`SELECT 1 -- ${long}`, `SELECT $a$${long}$a$`, `SELECT 1 /* ${long} */`])
    expect(endOfTokens(sql, 5)).toBeNull();
});

test.each(["E'\\'' , ", "/* /* */ ' */ , ", '$a$ $b$ $a$ , ', '"\'" , '])(
  'quotes of one kind hide none of what follows: %s',
  (start) => {
    expect(endOfTokens(`${start}${'1,'.repeat(1000)} '`, 1000)).not.toBeNull();
  },
);
