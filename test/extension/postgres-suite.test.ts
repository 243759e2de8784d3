import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withSession } from '../fidelity/lab.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { isRefused, plansOf, reasonOf } from './postgres-suite/plans.ts';
import { makeRegression } from './postgres-suite/regression-database.ts';
import { suiteOf } from './postgres-suite/source.ts';
import { type Planned, plannedStatements, splitStatements } from './postgres-suite/statements.ts';

/** Anything: the suite takes several minutes on each major. */
const asked = process.env.REGRESS_POSTGRES_SUITE;
const majors = asked ? await testMajors() : [];

it('takes statements from a file as psql does', () => {
  const file = `-- a comment; \\d
    SELECT 'a;\\', E'b\\';', $x$;$x$, "c;" -- d;
    /* e; /* f; */ ; */ ;
    \\d t; u
    COPY t FROM stdin;
    1;2
    \\.
    `.replaceAll(/^ {4}/gm, '');
  expect(
    splitStatements(`${file}SELECT 1 \\gset\nCREATE RULE r AS ON INSERT TO t DO (SELECT 2; SELECT 3);SELECT 4`),
  ).toEqual([
    `SELECT 'a;\\', E'b\\';', $x$;$x$, "c;" -- d;\n/* e; /* f; */ ; */`,
    'COPY t FROM stdin',
    'SELECT 1',
    'CREATE RULE r AS ON INSERT TO t DO (SELECT 2; SELECT 3)',
  ]);
});

it('plans statements under the settings of their place', async () => {
  const file = `
    SET enable_sort = off; BEGIN; SET enable_hashjoin = off; SET LOCAL work_mem = 64; EXPLAIN (COSTS OFF) SELECT 1; ROLLBACK;
    SELECT 2; RESET enable_sort; INSERT INTO t SELECT 3; SELECT :variable; CREATE TABLE u (); SET ROLE r; DELETE FROM t;
    CREATE TEMP TABLE u AS SELECT 4;`;
  expect(await plannedStatements(file)).toEqual([
    { sql: 'SELECT 1', settings: ['SET enable_sort = off', 'SET enable_hashjoin = off', 'SET work_mem = 64'] },
    { sql: 'SELECT 2', settings: ['SET enable_sort = off'] },
    { sql: 'INSERT INTO t SELECT 3', settings: [] },
    { sql: 'DELETE FROM t', settings: [] },
  ]);
});

interface Plan {
  readonly file: string;
  readonly sql: string;
  readonly production: string;
  readonly copy: string;
}

describe.skipIf(!asked)("PostgreSQL's own regression suite", () => {
  it.each(majors)(
    'is planned under the extension as on the database that it leaves, on PostgreSQL %i, but for what is listed',
    async (major) => {
      const suite = await suiteOf(major);
      if (suite === null) return;
      const server = (await testServer(major)) as TestServer;
      const regression = await makeRegression(server, suite, await temporaryFolder());
      const { refused, missing, unknown, skippedSettings } = regression.restored;
      console.log(regression.summary, { refused, missing, unknown, skippedSettings });
      const plans = await planAll(server, suite, regression);
      const planned = plans.filter(({ production }) => !isRefused(production));
      const differences = plans.filter(({ production, copy }) => production !== copy);
      const oids = await productionOids(server, regression);
      const listed = differences.map(({ file, sql, production, copy }) => {
        const reason = reasonOf(sql, production, copy, oids);
        return `${reason} | ${file} | ${sql.replaceAll(/\s+/g, ' ').slice(0, 120)}\n`;
      });
      console.log(
        `PostgreSQL ${major}: ${planned.length - differences.length} of ${planned.length} plans identical, ` +
          `${listed.length} differ (${plans.length - planned.length} statements that the filled database refuses)`,
      );
      await expect(listed.join('')).toMatchFileSnapshot(`./postgres-suite/differences-${major}.txt`);
      expect(listed.join('')).not.toContain('unknown');
      expect(planned.length).toBeGreaterThan(10_000);
    },
    1_800_000,
  );
});

/** Plans all statements of the suite on both databases. */
async function planAll(
  server: TestServer,
  suite: string,
  databases: { readonly production: string; readonly copy: string },
): Promise<Plan[]> {
  const statements: (Planned & { readonly file: string })[] = [];
  for (const file of (await readdir(join(suite, 'sql'))).sort()) {
    const found = await plannedStatements(await readFile(join(suite, 'sql', file), 'utf8'));
    for (const statement of found) statements.push({ ...statement, file });
  }
  const library = await server.library();
  // The file that keeps the shared catalogs' figures may be another database's: this removes it, and the session writes it.
  await server.psql(databases.production, 'GRANT SELECT ON pg_database TO PUBLIC');
  const plan = (database: string) => withSession(server, database, (session) => plansOf(session, library, statements));
  const [production, copy] = [await plan(databases.production), await plan(databases.copy)];
  return statements.map(({ file, sql }, number) => ({
    file,
    sql,
    production: production[number] ?? '',
    copy: copy[number] ?? '',
  }));
}

const OIDS_SQL = `
SET search_path = '';
SELECT oid, 'relation ' || oid::regclass FROM pg_class UNION ALL SELECT oid, 'type ' || oid::regtype FROM pg_type`;

/** Production's OID of each relation and type of the copy, by its own. */
async function productionOids(
  server: TestServer,
  databases: { readonly production: string; readonly copy: string },
): Promise<ReadonlyMap<string, string>> {
  const objects = async (database: string) =>
    (await server.psql(database, OIDS_SQL)).split('\n').map((row) => row.split(/\|(.*)/) as [string, string]);
  const production = new Map((await objects(databases.production)).map(([oid, name]) => [name, oid]));
  return new Map((await objects(databases.copy)).map(([oid, name]) => [oid, production.get(name) ?? oid]));
}
