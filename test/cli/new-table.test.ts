import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

/** Names of columns that would be something else in a regular expression; one is the beginning of another column's. */
const ODD = ['"when (at"', '"at, then"', '"a.*"', '"say ""at"""', 'a'];

const SCHEMA = `CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL, kind text NOT NULL, customer_id int) PARTITION BY RANGE (at);
CREATE TABLE events_10 PARTITION OF events FOR VALUES FROM ('2026-10-01 00:00+00') TO ('2026-11-01 00:00+00');
CREATE TABLE events_11 PARTITION OF events FOR VALUES FROM ('2026-11-01 00:00+00') TO ('2026-12-01 00:00+00');
CREATE INDEX events_at ON events (at);
CREATE INDEX events_kind ON events (kind, customer_id) WHERE kind <> 'view';
${ODD.map(
  (name, i) => `CREATE TABLE odd_${i} (${name} timestamptz NOT NULL, abc text) PARTITION BY RANGE (${name});
CREATE INDEX ON odd_${i} (${name}); CREATE INDEX ON odd_${i} (abc);
CREATE TABLE odd_${i}_11 PARTITION OF odd_${i} FOR VALUES FROM ('2026-11-01 00:00+00') TO ('2026-12-01 00:00+00');`,
).join('\n')}
`;

const FILL = `INSERT INTO customers SELECT g, 'name ' || g FROM generate_series(1, 30000) g;
INSERT INTO events SELECT g, timestamptz '2026-10-01 00:00+00' + g * interval '1 minute', CASE g % 20 WHEN 0 THEN 'buy' ELSE 'view' END, g % 30000 + 1
FROM generate_series(1, 80000) g;
${ODD.map(
  (_, i) => `INSERT INTO odd_${i} SELECT timestamptz '2026-11-01 00:00+00' + g * interval '1 hour', 'x' || g
FROM generate_series(1, 700) g;`,
).join('\n')}
VACUUM ANALYZE;`;

const BRANCH = `
CREATE TABLE events_12 PARTITION OF events FOR VALUES FROM ('2026-12-01 00:00+00') TO ('2027-01-01 00:00+00');
${ODD.map(
  (_, i) =>
    `CREATE TABLE odd_${i}_12 PARTITION OF odd_${i} FOR VALUES FROM ('2026-12-01 00:00+00') TO ('2027-01-01 00:00+00');`,
).join('\n')}
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, issued date, amount numeric, paid bool);
CREATE INDEX invoices_customer ON billing.invoices (customer_id);
CREATE TABLE notes (id int PRIMARY KEY, text text);
`;

const QUERIES = {
  'invoices-of-a-customer': 'SELECT * FROM billing.invoices WHERE customer_id = 17',
  'all-invoices': 'SELECT sum(amount) FROM billing.invoices',
  notes: 'SELECT * FROM notes',
  december: `SELECT * FROM events WHERE at >= '2026-12-10 00:00+00' AND at < '2026-12-11 00:00+00'`,
  november: `SELECT * FROM events WHERE at >= '2026-11-10 00:00+00' AND at < '2026-11-11 00:00+00'`,
  'december-all': `SELECT count(*) FROM events WHERE at >= '2026-12-01 00:00+00'`,
};

const STATE_SQL = `SELECT relname, relpages, reltuples, relallvisible FROM pg_class WHERE relkind IN ('r', 'i') AND oid >= 16384
    AND relnamespace IN ('public'::regnamespace, 'billing'::regnamespace) ORDER BY 1;
  SELECT * FROM regress_planner.relation ORDER BY 1;
  SELECT indexrelid::regclass, pages, relpages, reltuples, ordinal, tree_height, range_min, range_max FROM regress_planner.index ORDER BY 1;`;

interface Result {
  readonly query: string;
  readonly findings: readonly { code: string; message: string; detail: string; hint: string; severity: string }[];
  readonly current: {
    readonly planRows: number;
    readonly totalCost: number;
    readonly plan: { readonly nodeType: string };
  };
}

for (const major of await testMajors()) {
  describe(`tables that only the branch has, on PostgreSQL ${major}`, () => {
    let project: Project;
    let results: readonly Result[];

    const check = async () => {
      const { stdout, stderr, status } = await project.regress(['check', '--reporter', 'json']);
      if (stdout === '') throw new Error(stderr);
      results = JSON.parse(stdout).results;
      return { stderr, status };
    };
    const of = (query: string) => results.find((result) => result.query === query) as Result;
    const codes = (query: string) =>
      of(query)
        .findings.map(({ code }) => code)
        .filter((code) => code !== 'baseline-missing');

    beforeAll(async () => {
      const server = (await testServer(major)) as TestServer;
      const production = await server.createDatabase();
      await server.psql(production, SCHEMA + FILL);
      project = await emptyProject();
      await mkdir(project.path('suites'));
      await project.write('schema.sql', SCHEMA + BRANCH);
      await project.write(
        'suites/all.yaml',
        JSON.stringify({ queries: Object.entries(QUERIES).map(([name, sql]) => ({ name, sql })) }),
      );
      await project.write(
        'regress.yaml',
        `target:\n  pgConfig: ${server.installation.pgConfig}\n  prepare:\n    - sql: schema.sql\n`,
      );
      const taken = await project.regress(['snapshot', '--source', server.url(production)]);
      if (taken.status !== 0) throw new Error(taken.stderr);
    });

    it('are planned as PostgreSQL plans new tables, said aloud with what to write, where nothing is expected', async () => {
      await check();
      expect(codes('notes')).toEqual(['statistics-missing']);
      const [finding] = of('invoices-of-a-customer').findings.filter(({ code }) => code === 'statistics-missing');
      expect(finding?.detail).toContain('10 pages');
      expect(finding?.hint).toContain('expect: { tables: { billing.invoices: { rows: 1000000 } } }');
    });

    it('have the rows that are expected of them, and indexes as large', async () => {
      await project.edit(
        'regress.yaml',
        'target:',
        'expect: { tables: { billing.invoices: { rows: 2000000 }, gone: { rows: 5 }, customers: { rows: 9 } } }\ntarget:',
      );
      const { stderr } = await check();
      expect(stderr).toContain('expect: tables: gone is not used: the target has no such table');
      expect(stderr).toContain('expect: tables: customers is not used: the snapshot knows it');
      expect(codes('all-invoices')).toEqual(['estimated-size']);
      const [table] = of('all-invoices').findings.filter(({ code }) => code === 'estimated-size');
      expect(table?.message).toMatch(/^the size of table billing\.invoices is an estimate: \d+ pages, 2000000 tuples$/);
      const messages = of('invoices-of-a-customer')
        .findings.map(({ message }) => message)
        .join('\n');
      // As many customers as there are rows in their table: 67 rows each share a tuple.
      expect(messages).toMatch(
        /the size of index billing\.invoices_customer is an estimate: 1[5-9]\d\d pages, 2000000 tuples, height 2/,
      );
      expect(of('all-invoices').current.totalCost).toBeGreaterThan(20_000);
      expect(codes('notes')).toEqual(['statistics-missing']);
    });

    it('take the size and statistics of their newest sibling where they are partitions', () => {
      expect(codes('december')).toContain('estimated-size');
      expect(codes('november')).toEqual([]);
      const [partition] = of('december-all').findings.filter(({ code }) => code === 'estimated-size');
      expect(partition?.detail).toContain('statistics and sizes of public.events_11');
      expect(partition?.detail).toContain(
        'Values of at are moved from 2026-11-01 00:00:00+00 to 2026-12-01 00:00:00+00.',
      );
      // A day of December has about the rows of a day of November.
      expect(of('december').current.planRows / of('november').current.planRows).toBeCloseTo(1, 1);
      expect(of('december').current.totalCost / of('november').current.totalCost).toBeCloseTo(1, 1);
    });

    it('move the ends of an index on the key, whatever its name, and of no other', async () => {
      const server = (await testServer(major)) as TestServer;
      const copy = await server.createDatabase();
      await server.psql(copy, SCHEMA + BRANCH);
      const { status, stderr } = await project.regress(['restore', '--target', server.url(copy)]);
      expect(status, stderr).toBe(0);
      for (const [i, name] of ODD.entries()) {
        const ends = await server.psql(
          copy,
          `SELECT x.range_min || ' to ' || x.range_max FROM regress_planner.index x JOIN pg_index i USING (indexrelid)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = 'odd_${i}_12'::regclass ORDER BY a.attname = 'abc'`,
        );
        expect(ends, name).toBe('2026-12-01 01:00:00+00 to 2026-12-30 04:00:00+00\nx1 to x99');
      }
    });

    it('are the same after a second restore of one database', async () => {
      const server = (await testServer(major)) as TestServer;
      const copy = await server.createDatabase();
      await server.psql(copy, SCHEMA + BRANCH);
      const restore = async () => {
        const { status, stderr } = await project.regress(['restore', '--target', server.url(copy)]);
        expect(status, stderr).toBe(0);
        return server.psql(copy, STATE_SQL);
      };
      const first = await restore();
      expect(first).toMatch(/^invoices\|\d+\|2e\+06\|/m);
      expect(first).toMatch(/^events_12\|\d+\|35361\|/m);
      expect(await restore()).toBe(first);
    });
  });
}
