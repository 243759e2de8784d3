import { beforeAll, describe, expect, it } from 'vitest';
import { repairNormalised } from '../../src/sql/repair.ts';
import { repairTypes } from '../../src/sql/repair-types.ts';
import { shapeOf } from '../../src/sql/shape.ts';
import { loadScanner } from '../../src/sql/text/libpg-query.ts';

beforeAll(loadScanner);

const LIST = '$1, $2, $3, $4, $5, $6, $7, $8, $9, $10';

describe('repairNormalised', () => {
  it.each([
    ['leaves what PostgreSQL takes', 'SELECT a FROM t WHERE b = $1 LIMIT $2', 'SELECT a FROM t WHERE b = $1 LIMIT $2'],
    ['date $1', 'SELECT a FROM t WHERE d > date $1', 'SELECT a FROM t WHERE d > $1::date'],
    ['interval $1', 'SELECT now() - interval $1 FROM t', 'SELECT now() - $1::interval FROM t'],
    [
      'INTERVAL $1 with fields',
      "SELECT 'ä', INTERVAL $1 day to second, b FROM t",
      "SELECT 'ä', $1::INTERVAL day to second, b FROM t",
    ],
    ['interval(3) $1', 'SELECT interval(3) $1 AS i FROM t', 'SELECT $1::interval(3) AS i FROM t'],
    [
      'timestamp(3) with time zone $1',
      'SELECT timestamp(3) with time zone $1 AS day FROM t',
      'SELECT $1::timestamp(3) with time zone AS day FROM t',
    ],
    ['a type of its own schema', 'SELECT app.money $1, point $2 FROM t', 'SELECT $1::app.money, $2::point FROM t'],
    ['double precision $1', 'SELECT double precision $1 FROM t', 'SELECT $1::double precision FROM t'],
    ['a cast stays', 'SELECT $1::date, CAST($2 AS int) FROM t', 'SELECT $1::date, CAST($2 AS int) FROM t'],
    [
      'extract($1 FROM …)',
      'SELECT EXTRACT($1 FROM placed_at) FROM "été"',
      'SELECT pg_catalog.extract($1, placed_at) FROM "été"',
    ],
    ['extract(year FROM …) stays', 'SELECT extract(year FROM d) FROM t', 'SELECT extract(year FROM d) FROM t'],
    [
      'one constant of SELECT, GROUP BY and ORDER BY',
      'SELECT date_trunc($1, d), count(*) FROM t WHERE a = $2 GROUP BY date_trunc($3, d) ORDER BY date_trunc($4, d)',
      'SELECT date_trunc($1, d), count(*) FROM t WHERE a = $2 GROUP BY date_trunc($1, d) ORDER BY date_trunc($1, d)',
    ],
    [
      'one constant of DISTINCT and ORDER BY',
      'SELECT DISTINCT lower(a || $1) FROM t ORDER BY lower(a || $2)',
      'SELECT DISTINCT lower(a || $1) FROM t ORDER BY lower(a || $1)',
    ],
    [
      'constants of different expressions stay apart',
      'SELECT date_trunc($1, d), date_trunc($2, e) FROM t GROUP BY date_trunc($3, d), date_trunc($4, e)',
      'SELECT date_trunc($1, d), date_trunc($2, e) FROM t GROUP BY date_trunc($1, d), date_trunc($2, e)',
    ],
    [
      'the constant that GROUP BY still has',
      "SELECT to_char(date_trunc($1, d), $2), sum(a + $3) FROM t GROUP BY date_trunc('day', d), a + 1 HAVING a + $4 > $5",
      "SELECT to_char(date_trunc('day', d), $1), sum(a + $2) FROM t GROUP BY date_trunc('day', d), a + 1 HAVING a + 1 > $3",
    ],
    [
      'the field that GROUP BY still has',
      'SELECT extract($1 FROM d), count(*) FROM t WHERE extract($2 FROM d) > $3 GROUP BY extract(year FROM d)',
      'SELECT extract(year FROM d), count(*) FROM t WHERE pg_catalog.extract($1, d) > $2 GROUP BY extract(year FROM d)',
    ],
    [
      'the constant that ORDER BY of a DISTINCT still has',
      "SELECT DISTINCT lower(a || $1) FROM t ORDER BY lower(a || 'é')",
      "SELECT DISTINCT lower(a || 'é') FROM t ORDER BY lower(a || 'é')",
    ],
    ['numbers without a gap', 'SELECT a FROM t WHERE b = $2 AND c = $7', 'SELECT a FROM t WHERE b = $1 AND c = $2'],
    ['a list of lost length', 'SELECT a FROM t WHERE b IN ($1 /*, ... */)', `SELECT a FROM t WHERE b IN (${LIST})`],
    [
      'a list of lost length among others',
      'SELECT a FROM t WHERE c = $1 AND b IN ($2 /*, ... */) LIMIT $4',
      `SELECT a FROM t WHERE c = $1 AND b IN (${LIST.replace(/\d+/g, (digits) => String(Number(digits) + 1))}) LIMIT $12`,
    ],
  ])('%s', (_, sql, expected) => {
    const { sql: repaired } = repairNormalised(sql);
    expect(repaired).toBe(expected);
    // What is stored is found again by its shape.
    expect(repairNormalised(repaired)).toEqual({ sql: repaired, notes: [] });
    expect(shapeOf(repaired)).not.toBeNull();
  });

  it('takes a list of ten thousands of values', () => {
    const list = Array.from({ length: 30_000 }, (_, index) => `$${index + 2}`).join(', ');
    const { sql } = repairNormalised(`SELECT a FROM t WHERE b IN (${list})`);
    expect(sql.endsWith(', $30000)')).toBe(true);
  });

  it('says that a length was lost', () => {
    expect(repairNormalised('SELECT a FROM t WHERE b IN ($1 /*, ... */)').notes).toEqual([
      'a list has 10 values: PostgreSQL did not record how many',
    ]);
  });
});

describe('repairTypes', () => {
  const at = (sql: string, text: string) => [...sql.slice(0, sql.indexOf(text))].length + 1;

  it.each([
    [
      'sum(',
      '42883',
      "SELECT 'ä', sum(CASE WHEN s = $1 THEN $2 ELSE $3 END) FROM t",
      "SELECT 'ä', sum(CASE WHEN s = $1 THEN $2::integer ELSE $3::integer END) FROM t",
    ],
    [
      '>= current',
      '42883',
      'SELECT a FROM t WHERE d >= current_date - $1',
      'SELECT a FROM t WHERE d >= current_date - $1::integer',
    ],
    [
      '= ANY',
      '42883',
      'SELECT a FROM t WHERE b = ANY (ARRAY[$1, $2])',
      'SELECT a FROM t WHERE b = ANY (ARRAY[$1::integer, $2::integer])',
    ],
    ['+ $2', '42725', 'SELECT a FROM t WHERE b = $1 + $2', 'SELECT a FROM t WHERE b = $1::integer + $2::integer'],
    [
      'generate',
      '42725',
      'SELECT g FROM generate_series($1, $2) g',
      'SELECT g FROM generate_series($1::integer, $2::integer) g',
    ],
    [
      '+ $2',
      '42883',
      'WITH r AS (SELECT $1 AS n) SELECT n + $2 FROM r',
      'WITH r AS (SELECT $1::integer AS n) SELECT n + $2 FROM r',
    ],
  ])('takes constants at %s for numbers', (place, code, sql, expected) => {
    expect(repairTypes(sql, { code, message: 'it says so', position: at(sql, place) })?.sql).toBe(expected);
  });

  it('gives a parameter of any type a text, once', () => {
    const error = { code: '42P18', message: 'could not determine data type of parameter $2', position: 1 };
    const once = repairTypes('SELECT a = $1, jsonb_build_object($2, b) FROM t', error);
    expect(once?.sql).toBe('SELECT a = $1, jsonb_build_object($2::text, b) FROM t');
    expect(once?.notes).toEqual(['$2 treated as a text: any type is possible']);
    expect(repairTypes(once?.sql ?? '', error)).toBeNull();
  });

  it('takes a number of two types apart', () => {
    const error = { code: '42P08', message: 'inconsistent types deduced for parameter $1', position: 1 };
    const apart = repairTypes('SELECT a FROM t WHERE b = $1 AND c = $1 AND d = $2', error);
    expect(apart?.sql).toBe('SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $3');
    expect(repairTypes(apart?.sql ?? '', error)).toBeNull();
  });

  it.each([
    ['42P01', 'SELECT a FROM gone WHERE b = $1'],
    ['42883', 'SELECT nothing(a) FROM t WHERE b = $1'],
    ['42601', 'SELECT'],
  ])('knows nothing for %s', (code, sql) => {
    expect(repairTypes(sql, { code, message: 'it says so', position: 8 })).toBeNull();
  });
});
