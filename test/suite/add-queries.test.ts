import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type NewQuery, newSuite, withQueries } from '../../src/suite/add-queries.ts';

const query = (name: string, more: Partial<NewQuery> = {}): NewQuery => ({
  name,
  sql: 'SELECT a\nFROM t',
  generic: false,
  tags: {},
  notes: [],
  ...more,
});

describe('newSuite', () => {
  it('reads well', () => {
    const added = [
      query('one', { generic: true, stats: { calls: 3, mean_exec_time: 0.25 }, notes: ['a note', 'another'] }),
      query('two', { sql: "SELECT '# no: comment'", tags: { route: '/a' } }),
    ];
    expect(newSuite(['Of production.'], added)).toBe(`# Of production.
queries:
  # a note
  # another
  - name: one
    sql: |-
      SELECT a
      FROM t
    generic: true
    stats: { calls: 3, mean_exec_time: 0.25 }

  - name: two
    sql: |-
      SELECT '# no: comment'
    tags: { route: /a }
`);
  });

  it.each([
    ['SELECT\t1'],
    ['  SELECT 1\n\n\n  FROM t  '],
    ["SELECT 'é\\n' -- x"],
    ['SELECT 1\r\nFROM t'],
    ['-- a\nSELECT 1'],
  ])('gives back %j', (sql) => expect(parse(newSuite([], [query('one', { sql })])).queries[0].sql).toBe(sql));
});

describe('withQueries', () => {
  it('changes nothing for nothing', () => {
    const odd = 'queries: [ {name: a,   sql: SELECT 1} ]   # as it is';
    expect(withQueries(odd, [])).toBe(odd);
  });

  // What people write stays as it is, byte by byte; the new lines stand behind it.
  it.each([
    ['usual', 'queries:\n  - name: a\n    sql: SELECT 1\n', ''],
    ['no indentation', '# top\nqueries:\n- {name: a, sql: "SELECT 1"} # mine\n', ''],
    [
      'odd indentation and quotes',
      "queries:\n     -    name:  'a'\n          sql:   >-\n             SELECT\n               1\n",
      '',
    ],
    ['no line feed at the end', 'queries:\n  - name: a\n    sql: SELECT 1', ''],
    ['keys behind', 'queries:\n  - name: a\n    sql: SELECT 1\n', 'thresholds:\n   cost: { warn:  2 } # wide\n'],
    ['comments behind', 'queries:\n  - name: a\n    sql: SELECT 1\n', '\n# the end\n'],
  ])('keeps every byte of a suite: %s', (_, before, after) => {
    const text = withQueries(before + after, [query('b'), query('c', { generic: true })]);
    expect(text.startsWith(before)).toBe(true);
    expect(text.endsWith(after)).toBe(true);
    expect(parse(text).queries.map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'c']);
    expect(parse(text).thresholds).toEqual(parse(before + after).thresholds);
  });

  it('puts a blank line where there are blank lines', () => {
    const source = 'queries:\n  - name: a\n    sql: SELECT 1\n\n  - name: b\n    sql: SELECT 2\n';
    expect(withQueries(source, [query('c')])).toBe(
      `${source}\n  - name: c\n    sql: |-\n      SELECT a\n      FROM t\n`,
    );
  });

  it.each([
    ['in brackets', '# kept\nqueries: [{ name: a, sql: SELECT 1 }] # also\n'],
    ['empty', '# kept\nqueries: []\nthresholds: { shape: fail } # also\n'],
    ['without queries', '# kept\nthresholds: { shape: fail } # also\n'],
    ['of comments', '# kept\n# also\n'],
  ])('keeps comments of a suite %s', (_, source) => {
    const text = withQueries(source, [query('b')]);
    expect(text).toContain('# kept');
    expect(text).toContain('# also');
    const before = parse(source) ?? {};
    expect(parse(text)).toEqual({
      ...before,
      queries: [...(before.queries ?? []), { name: 'b', sql: 'SELECT a\nFROM t' }],
    });
  });
});
