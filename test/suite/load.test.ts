import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RegressError } from '../../src/model/errors.ts';
import { loadSuites } from '../../src/suite/index.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A suites folder with these files; the folder's path. */
async function suites(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'regress-suites-'));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, 'suites', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return join(root, 'suites');
}

async function failure(files: Record<string, string>, patterns: string[] = []): Promise<RegressError> {
  const error = await loadSuites(await suites(files), { patterns }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RegressError)) throw new Error(`a RegressError was expected, not ${String(error)}`);
  return error;
}

describe('a suite in YAML', () => {
  it('is read whole', async () => {
    const folder = await suites({
      'shop/orders.yaml': `
thresholds: { cost: { fail: 2 }, shape: fail }
queries:
  - name: recent-orders
    sql: |
      SELECT id FROM orders
       WHERE customer_id = :customer_id AND note <> 'é:b; $1' -- :not this
       ORDER BY created_at DESC LIMIT :limit;
    cases:
      big-customer: [17, 20]
      new-customer: { limit: 5, customer_id: null }
    generic: true
    settings: { Work_Mem: 64MB, enable_seqscan: off, random_page_cost: 1.1, jit: true, app.tenant_id: 7, timezone: UTC }
    expect:
      cost: { max: 500 }
      uses: [orders_customer_id_created_at_idx]
      forbid: [{ node: Seq Scan, on: orders }]
    thresholds: { rows: { warn: 3 } }
    stats: { calls: 412000, mean_exec_time: 0.83 }
  - name: all
    sql: TABLE orders
`,
    });
    const [suite] = await loadSuites(folder);
    expect(suite).toMatchObject({
      file: 'suites/shop/orders.yaml',
      path: join(folder, 'shop/orders.yaml'),
      thresholds: { cost: { fail: 2 }, shape: 'fail' },
    });
    expect(suite?.queries).toEqual([
      {
        name: 'recent-orders',
        sql: "SELECT id FROM orders\n WHERE customer_id = :customer_id AND note <> 'é:b; $1' -- :not this\n ORDER BY created_at DESC LIMIT :limit;",
        statement:
          "SELECT id FROM orders\n WHERE customer_id = $1           AND note <> 'é:b; $1' -- :not this\n ORDER BY created_at DESC LIMIT $2",
        parameters: ['customer_id', 'limit'],
        cases: [
          { name: 'big-customer', values: [17, 20] },
          { name: 'new-customer', values: [null, 5] },
        ],
        generic: true,
        settings: {
          work_mem: '64MB',
          enable_seqscan: 'off',
          random_page_cost: '1.1',
          jit: 'true',
          'app.tenant_id': '7',
          TimeZone: 'UTC',
        },
        thresholds: { rows: { warn: 3 } },
        expect: {
          cost: { max: 500 },
          uses: ['orders_customer_id_created_at_idx'],
          forbid: [{ node: 'Seq Scan', on: 'orders' }],
        },
        stats: { calls: 412000, mean_exec_time: 0.83 },
        file: 'suites/shop/orders.yaml',
        line: 4,
      },
      {
        name: 'all',
        sql: 'TABLE orders',
        statement: 'TABLE orders',
        parameters: [],
        cases: [],
        generic: false,
        settings: {},
        thresholds: {},
        expect: {},
        file: 'suites/shop/orders.yaml',
        line: 20,
      },
    ]);
  });

  it.each([
    ['a family', '\u{1f469}\u200d\u{1f467} orders'],
    ['a Persian word', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
  ])('takes a name that joins characters: %s', async (_, name) => {
    const folder = await suites({
      'a.yaml': `queries: [{ name: "${name}", sql: SELECT 1, cases: {} }]`,
      'b.sql': `-- name: ${name}\nSELECT 1;\n`,
    });
    const names = (await loadSuites(folder)).map(({ queries }) => queries.map((query) => query.name));
    expect(names).toEqual([[name], [name]]);
  });

  it.each(['a\u202eb', 'a\u200d', '\u200da', 'a\u0007b', ' a'])('refuses the name %j', async (name) => {
    const folder = await suites({ 'a.yaml': `queries: [{ name: ${JSON.stringify(name)}, sql: SELECT 1 }]` });
    await expect(loadSuites(folder)).rejects.toThrow('without control characters or surrounding spaces');
  });

  it('plans a query with parameters and no cases generically', async () => {
    const folder = await suites({ 'a.yaml': 'queries: [{ name: a, sql: SELECT $2 + $1 }]' });
    const [suite] = await loadSuites(folder);
    expect(suite?.queries[0]).toMatchObject({ generic: true, cases: [], parameters: ['1', '2'] });
  });

  it('keeps arrays and objects of a case as they are', async () => {
    const folder = await suites({
      'a.yaml': 'queries: [{ name: a, sql: "SELECT $1, $2", cases: { x: [[1, [null, b]], { k: [true] }] } }]',
    });
    const [suite] = await loadSuites(folder);
    expect(suite?.queries[0]?.cases).toEqual([{ name: 'x', values: [[1, [null, 'b']], { k: [true] }] }]);
  });

  it('asks for automatic cases: for a query, for all, with values given, and not', async () => {
    const folder = await suites({
      'a.yaml': `
cases: auto
queries:
  - { name: all, sql: SELECT $1 }
  - { name: none, sql: SELECT 1 }
  - { name: given, sql: "SELECT :a, :b", cases: { auto: { b: x }, auto-not: [1, 2] } }
  - { name: not, sql: SELECT $1, cases: { auto: false, one: [1] } }
`,
      'b.yaml':
        'queries: [{ name: one, sql: SELECT $1, cases: auto, generic: false }, { name: other, sql: SELECT $1 }]',
    });
    const queries = (await loadSuites(folder)).flatMap((suite) => suite.queries);
    expect(queries.map(({ name, auto, generic, cases }) => [name, auto?.given, generic, cases.length])).toEqual([
      ['all', {}, true, 0],
      ['none', undefined, false, 0],
      ['given', { b: 'x' }, true, 1],
      ['not', undefined, false, 1],
      ['one', {}, false, 0],
      ['other', undefined, true, 0],
    ]);
  });

  const query = (rest: string, sql = 'SELECT $1, $2') => `queries:\n  - name: q\n    sql: ${sql}\n${rest}`;
  it.each<[string, string, string | RegExp]>([
    ['an unknown key', query('    sqll: x'), /a\.yaml:4:5: unknown key "sqll" at queries\.0/],
    ['an unknown figure', query('    stats: { call: 1, mean_exec_time: 2 }'), /a\.yaml:4:14: .*"call"/],
    ['an unknown key of an expectation', query('    expect: { cots: 1 }'), /a\.yaml:4:15: unknown key "cots"/],
    [
      'a node that no plan has',
      query('    expect: { forbid: [{ node: SeqScan, on: a }] }'),
      /a\.yaml:4:26: a node type .* is expected, such as Seq Scan at queries\.0\.expect\.forbid\.0\.node/,
    ],
    [
      'a setting that changes how text is read',
      query('    settings: { work_mem: 64MB, Client_Encoding: SJIS }'),
      /a\.yaml:4:33: setting "Client_Encoding" cannot be set by a suite$/,
    ],
    [
      'a limit',
      query('    settings:\n      lock_timeout: 0'),
      /a\.yaml:5:7: setting "lock_timeout" cannot be set by a suite/,
    ],
    [
      'a setting of a library',
      query('    settings: { plperl.on_init: x }'),
      /a\.yaml:4:17: setting "plperl\.on_init" belongs to a library/,
    ],
    [
      'a setting twice, in two cases of letters',
      query('    settings: { work_mem: 64MB, WORK_MEM: 65MB }'),
      /a\.yaml:4:33: setting "work_mem" is already set for this query/,
    ],
    ['cases in one word that is not auto', query('    cases: all'), /a\.yaml:4:5: "auto", or a map .* is expected/],
    [
      'automatic cases by a list',
      query('    cases: { auto: [1] }'),
      /a\.yaml:4:14: cases: auto of query "q" must be true or a map/,
    ],
    [
      'a value of no parameter',
      query('    cases: { auto: { x: 1 } }'),
      /a\.yaml:4:14: cases: auto of query "q" gives a value for x/,
    ],
    [
      'automatic cases without parameters',
      query('    cases: auto', 'SELECT 1'),
      /cases: auto of query "q" needs parameters, but the query has none/,
    ],
    ['a case that is true', query('    cases: { one: true }'), /a\.yaml:4:14: a case is a list of values/],
    ['cases of a suite', 'queries: []\ncases: { a: [1] }', /a\.yaml:2:1: for a whole suite, cases can only be "auto"/],
    ['an unknown key of the file', 'query: []', /a\.yaml:1:1: .*(unknown key "query"|list of queries)/],
    ['a wrong type', query('    generic: yes'), /a\.yaml:4:5: true or false is expected at queries\.0\.generic/],
    [
      'a wrong type of a threshold',
      query('    thresholds: { cost: { warn: ten } }'),
      /a\.yaml:4:27: a ratio .* is expected/,
    ],
    [
      'ratios the wrong way round',
      query('    thresholds: { cost: { warn: 3, fail: 2 } }'),
      /a\.yaml:4:19: warn must not be greater than fail/,
    ],
    ['a name that is a number', 'queries: [{ name: 1, sql: SELECT 1 }]', /a\.yaml:1:13: a text is expected/],
    ['a missing name', 'queries: [{ sql: SELECT 1 }]', /a\.yaml:1:11: "name" is missing at queries\.0\.name/],
    ['a file that is a list', '- name: a', /a\.yaml:1:1: a map with queries is expected/],
    ['broken YAML', 'queries: [{', /a\.yaml:1:12: /],
    ['a key written twice', 'queries: []\nqueries: []', /a\.yaml:2:1: Map keys must be unique/],
    [
      'a name used twice',
      'queries:\n  - name: a\n    sql: SELECT 1\n  - name: a\n    sql: SELECT 2',
      /a\.yaml:4:5: query "a" is already defined on line 2$/,
    ],
    [
      'too few values',
      query('    cases: { c: [1] }'),
      /a\.yaml:4:14: case "c" of query "q" gives 1 value for 2 parameters \(\$1, \$2\)$/,
    ],
    [
      'too many values',
      query('    cases: { c: [1, 2, 3] }'),
      /a\.yaml:4:14: case "c" of query "q" gives 3 values for 2 parameters/,
    ],
    [
      'a missing named value',
      query('    cases: { c: { a: 1 } }', '"SELECT :a, :b"'),
      /a\.yaml:4:14: case "c" of query "q" gives no value for :b$/,
    ],
    [
      'a superfluous named value',
      query('    cases: { c: { a: 1, b: 2, d: 3 } }', '"SELECT :a, :b"'),
      /a\.yaml:4:14: case "c" of query "q" gives a value for d, which is not a parameter of the query$/,
    ],
    [
      'values without parameters',
      query('    cases: { c: [] }', 'SELECT 1'),
      /a\.yaml:4:14: case "c" .* has no parameters$/,
    ],
    [
      'neither cases nor generic',
      query('    generic: false'),
      /a\.yaml:2:5: query "q" has parameters, but neither cases/,
    ],
    ['generic without parameters', query('    generic: true', 'SELECT 1'), /a\.yaml:4:5: query "q" has no parameters/],
    [
      'a case named generic',
      query('    cases: { generic: [1, 2] }'),
      /a\.yaml:4:14: case "generic" .* a name that is reserved for the generic plan/,
    ],
    [
      'a number too long for JavaScript',
      query('    cases: { c: [12345678901234567890, 1] }'),
      /a\.yaml:4:1\d: .*quoted/,
    ],
    ['mixed parameters', query('', '"SELECT :a, $1"'), /a\.yaml:3:22: named and positional parameters cannot be mixed/],
    [
      'two statements',
      query('', 'SELECT 1; SELECT 2'),
      /a\.yaml:3:20: a query must be a single statement, and a second one begins here/,
    ],
    [
      'two statements in a block',
      'queries:\n  - name: q\n    sql: |\n      SELECT 1;\n      -- and\n      DROP TABLE x;\n',
      /a\.yaml:6:7: a query must be a single statement/,
    ],
    ['an unfinished string', query('', '"SELECT \'a"'), /a\.yaml:3:18: unterminated quoted string/],
    [
      'a utility statement',
      query('', 'VACUUM orders'),
      /a\.yaml:3:10: "VACUUM" cannot be planned: a query begins with one of SELECT, /,
    ],
    ['EXPLAIN itself', query('', 'EXPLAIN ANALYZE DELETE FROM x'), /"EXPLAIN" cannot be planned/],
    ['ANALYZE', query('', 'ANALYZE SELECT 1'), /"ANALYZE" cannot be planned/],
    ['no statement', query('', '"-- nothing"'), /a\.yaml:3:11: the query is empty/],
    ['a null byte', query('', '"SELECT \'a\\0; DROP TABLE x\'"'), /a\.yaml:3:5: SQL cannot contain this character/],
  ])('is refused with its place for %s', async (_, content, message) => {
    const error = await failure({ 'a.yaml': content });
    expect(error.code).toBe('suite');
    expect(error.message).toMatch(message);
    const [, line] = /a\.yaml:(\d+):/.exec(error.message) ?? [];
    expect(error.detail).toContain(content.split('\n')[Number(line) - 1]);
  });
});

describe('a suite in SQL', () => {
  it('reads names as sqlc, pgtyped and RegreSQL write them', async () => {
    const folder = await suites({
      'q.sql': `-- What the shop asks.
-- name: recent-orders :many
-- The start page.
SELECT * FROM orders WHERE note <> '-- name: no' AND id = $1; -- end

/* @name FindBook
   @param id */
DELETE FROM books WHERE id = :id AND kind = ANY(ARRAY[:kind, :other]) AND a[1:2] = b::int[];
/* name: third :exec */
(TABLE orders)
`,
    });
    const [suite] = await loadSuites(folder);
    expect(
      suite?.queries.map(({ name, sql, statement, parameters, generic, line }) => [
        name,
        sql,
        statement,
        parameters,
        generic,
        line,
      ]),
    ).toEqual([
      [
        'recent-orders',
        "SELECT * FROM orders WHERE note <> '-- name: no' AND id = $1",
        "SELECT * FROM orders WHERE note <> '-- name: no' AND id = $1",
        ['1'],
        true,
        2,
      ],
      [
        'FindBook',
        'DELETE FROM books WHERE id = :id AND kind = ANY(ARRAY[:kind, :other]) AND a[1:2] = b::int[]',
        'DELETE FROM books WHERE id = $1  AND kind = ANY(ARRAY[$2   , $3    ]) AND a[1:2] = b::int[]',
        ['id', 'kind', 'other'],
        true,
        6,
      ],
      ['third', '(TABLE orders)', '(TABLE orders)', [], false, 9],
    ]);
  });

  it('asks for automatic cases by a comment', async () => {
    const folder = await suites({
      'a.sql':
        '-- name: a :many\n-- cases: auto\nSELECT $1;\n-- name: b\nSELECT $1;\n/*\n  @name c\n  @cases auto\n*/\nSELECT :x',
      'b.sql': '-- cases: auto\n-- name: d\nSELECT :x;\n-- name: e\nSELECT 1',
      'c.sql': '-- Our cases: automatic ones\n-- cases: auto\nSELECT :x',
      'd.sql': '-- no cases: auto here\nSELECT :x',
    });
    const queries = (await loadSuites(folder)).flatMap((suite) => suite.queries);
    expect(queries.filter(({ auto }) => auto !== undefined).map(({ name }) => name)).toEqual(['a', 'c', 'd', 'c']);
  });

  it('names the only query of a file without names after the file', async () => {
    const folder = await suites({ 'sub/top.sql': '\uFEFF-- Müller\n\nSELECT 1;;\n' });
    const [suite] = await loadSuites(folder);
    expect(suite).toMatchObject({ file: 'suites/sub/top.sql', queries: [{ name: 'top', sql: 'SELECT 1', line: 3 }] });
  });

  it('bears control characters', async () => {
    const folder = await suites({ 'a.sql': "-- name: a\n--\f\nSELECT 'é\u0001\f', :b -- \u000b" });
    const [suite] = await loadSuites(folder);
    expect(suite?.queries[0]).toMatchObject({ sql: "SELECT 'é\u0001\f', :b", statement: "SELECT 'é\u0001\f', $1" });
  });

  it('leaves a syntax error to the server', async () => {
    const folder = await suites({ 'a.sql': '-- name: a\nSELECT FROM WHERE;\n-- name: b\nSELECT 1' });
    const [suite] = await loadSuites(folder);
    expect(suite?.queries.map(({ statement }) => statement)).toEqual(['SELECT FROM WHERE', 'SELECT 1']);
  });

  it.each<[string, string, RegExp]>([
    [
      'a name used twice',
      '-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;',
      /a\.sql:3:1: query "a" is already defined on line 1$/,
    ],
    [
      'two statements under a name',
      "-- name: é\nSELECT 'é'; SELECT 2;",
      /a\.sql:2:13: a query must be a single statement/,
    ],
    ['a missing semicolon', '-- name: a\nSELECT 1; UPDATE x SET y = 1', /a\.sql:2:11: /],
    [
      'several statements without names',
      'SELECT 1;\nSELECT 2;',
      /a\.sql:2:1: a file with several statements needs a "-- name: NAME" comment/,
    ],
    [
      'a statement before the first name',
      'SELECT 1;\n-- name: a\nSELECT 2;',
      /a\.sql:1:1: a statement precedes the first/,
    ],
    ['a name without a query', '-- name: a\n-- name: b\nSELECT 1', /a\.sql:1:1: the query is empty/],
    [
      'an unprintable name',
      '-- name: a\u001b[31m\nSELECT 1',
      /a\.sql:1:1: a name must not contain unprintable characters/,
    ],
    ['an unfinished string', "-- name: ü\nSELECT 'ü', 'a", /a\.sql:2:13: unterminated quoted string/],
    ['mixed parameters', '-- name: a\nSELECT :a, $1', /a\.sql:2:12: named and positional/],
    ['an ambiguous slice', '-- name: a\nSELECT tags[:n] FROM x', /a\.sql:2:13: \[:n\] is a slice or a parameter/],
    ['too high a parameter', '-- name: a\nSELECT $99999999', /a\.sql:2:8: there is no parameter \$99999999/],
  ])('is refused with its place for %s', async (_, content, message) => {
    const error = await failure({ 'a.sql': content });
    expect(error.code).toBe('suite');
    expect(error.message).toMatch(message);
  });
});

describe('a folder of suites', () => {
  it('is read in the order of paths, without baselines and other files', async () => {
    const one = 'queries: [{ name: q, sql: SELECT 1 }]';
    const folder = await suites({
      'b.yaml': one,
      'a/z.yml': one,
      'B.sql': 'SELECT 1',
      'b.pg17.baseline': 'x',
      'README.md': '',
      '.hidden.yaml': 'x: [',
    });
    expect((await loadSuites(folder)).map(({ file }) => file)).toEqual([
      'suites/B.sql',
      'suites/a/z.yml',
      'suites/b.yaml',
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['without suites', { 'README.md': '' }],
    ['whose suites hold no query', { 'a.yaml': 'queries: []', 'b.sql': '-- nothing yet' }],
  ])('%s is refused', async (_, files) => {
    const error = await failure(files);
    expect(error).toMatchObject({ code: 'suite', hint: expect.stringContaining('-- name:') });
    expect(error.message).toMatch(/^no suites in /);
  });

  it('is read through links, each file once', async () => {
    const folder = await suites({ 'a/one.sql': 'SELECT 1', '.hidden/no.sql': 'SELECT 0' });
    await symlink(join(folder, 'a/one.sql'), join(folder, 'a', 'linked.sql'));
    await symlink(folder, join(folder, 'a', 'above'));
    await writeFile(join(folder, '../regress.yaml'), '');
    await mkdir(join(folder, '../elsewhere'));
    await writeFile(join(folder, '../elsewhere/three.sql'), 'SELECT 3');
    await symlink(join(folder, '../elsewhere'), join(folder, 'b'));
    expect((await loadSuites(folder)).map(({ file }) => file)).toEqual([
      'suites/a/linked.sql',
      'suites/a/one.sql',
      'suites/b/three.sql',
    ]);
  });

  it('names a link to nothing', async () => {
    const folder = await suites({ 'one.sql': 'SELECT 1' });
    await symlink('/nowhere', join(folder, 'two.sql'));
    await expect(loadSuites(folder)).rejects.toThrow(/could not read .*two\.sql/);
  });

  it('that is missing is refused', async () => {
    await expect(loadSuites('/nonexistent/suites')).rejects.toMatchObject({
      code: 'suite',
      detail: 'The folder does not exist.',
      hint: expect.stringContaining('npx regress-pg init'),
    });
  });

  it('refuses two files with one baseline', async () => {
    const error = await failure({ 'a.sql': 'SELECT 1', 'a.sql.yaml': 'queries: [{ name: q, sql: SELECT 1 }]' });
    expect(error.message).toBe('suites/a.sql and a.sql.yaml would have the same baseline');
  });
});

describe('patterns', () => {
  const files = {
    'orders.yaml': 'queries: [{ name: recent-orders, sql: SELECT 1 }, { name: order-lines, sql: SELECT 1 }]',
    'books.sql': '-- name: recent-books\nSELECT 1',
  };
  it.each<[string[], string[]]>([
    [[], ['recent-books', 'recent-orders', 'order-lines']],
    [['recent'], ['recent-books', 'recent-orders']],
    [['orders.yaml'], ['recent-orders', 'order-lines']],
    [['suites/b*'], ['recent-books']],
    [['*-orders'], ['recent-orders']],
    [['order*'], ['order-lines']],
    [
      ['order-lines', 'books'],
      ['recent-books', 'order-lines'],
    ],
  ])('%j select %j', async (patterns, names) => {
    const selected = await loadSuites(await suites(files), { patterns });
    expect(selected.flatMap(({ queries }) => queries.map(({ name }) => name))).toEqual(names);
    expect(selected.every(({ queries }) => queries.length > 0)).toBe(true);
  });

  it('must not be empty, as a variable of the shell may be', async () => {
    expect((await failure({ 'a.sql': 'SELECT 1' }, [''])).message).toBe('a pattern is empty');
  });

  it('must each match something', async () => {
    const error = await failure(files, ['recent', 'r.cent']);
    expect(error).toMatchObject({ code: 'usage', message: 'no query matches "r.cent"' });
  });

  it.each([
    ['recnet-books', /^Did you mean recent-books\? /],
    ['Order-Lines', /^Did you mean order-lines\? /],
    ['nothing-like-it', /^Queries are in /],
  ])('%s, which matches nothing, is answered by what was most likely meant', async (pattern, hint) => {
    expect((await failure(files, [pattern])).hint).toMatch(hint);
  });
});
