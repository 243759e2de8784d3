import { beforeAll, expect, it } from 'vitest';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';
import { timeCalls } from '../../src/sql/time-calls.ts';

beforeAll(loadScanner);

it.each([
  ["SELECT 1 FROM t WHERE a > now() - interval '1 day'", ['now()'], []],
  ['SELECT 1 FROM t WHERE a > CURRENT_DATE - 7 AND b < localtimestamp(0)', ['current_date', 'localtimestamp'], []],
  ["SELECT 1 FROM t WHERE a > 'today'::date OR a < timestamptz 'now'", ["'now'", "'today'"], []],
  ["SELECT 1 FROM t WHERE a = 'today'", [], []],
  ["SELECT 1 FROM t WHERE age(a) > interval '1 year'", ['age()'], []],
  ["SELECT 1 FROM t WHERE age(a, b) > interval '1 year'", [], []],
  ['SELECT now(), random() FROM t', [], []],
  ['SELECT 1 FROM t ORDER BY random()', [], []],
  ['SELECT 1 FROM t WHERE a < pg_catalog.clock_timestamp()', [], ['clock_timestamp()']],
  ['SELECT 1 FROM t JOIN u ON u.a > now() AND random() < 0.1', ['now()'], ['random()']],
  ['UPDATE t SET a = now() WHERE b < transaction_timestamp()', ['transaction_timestamp()'], []],
  [
    'INSERT INTO t SELECT now() FROM u WHERE EXISTS (SELECT now() FROM v WHERE v.a > statement_timestamp())',
    ['statement_timestamp()'],
    [],
  ],
  ['SELECT 1 FROM t GROUP BY a HAVING max(b) < now()', ['now()'], []],
  ['SELECT (SELECT max(a) FROM t WHERE a < now())', ['now()'], []],
  ['SELECT what this is no parser knows', [], []],
])('%s', (statement, stable, volatile) => {
  expect(timeCalls(statement)).toEqual({ stable, volatile });
});
