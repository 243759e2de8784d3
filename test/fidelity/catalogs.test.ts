import { beforeAll, describe, expect, it } from 'vitest';
import type { RestoreReport } from '../../src/restore/index.ts';
import { overwrittenRelations } from '../../src/restore/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { dumpSchema, explainAll, labFile, linesOf, putInto, withSession, withSnapshot } from './lab.ts';

const majors = await testMajors();
const queries = await linesOf('catalog-queries.sql');

describe.runIf(majors.length > 0).each(majors)('queries on the system catalogs of PostgreSQL %i', (major) => {
  let server: TestServer;
  let production: string;
  let copy: string;
  let expected: string[];

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    await server.psql('postgres', 'ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();');
    production = await server.createDatabase();
    await server.psql(production, 'CREATE SCHEMA inspect; CREATE EXTENSION pageinspect SCHEMA inspect');
    for (const file of ['catalogs.sql', 'catalogs-drift.sql']) await server.psql(production, await labFile(file));
    await server.psql(production, `ALTER DATABASE "${production}" SET work_mem = '8MB'`);
    copy = await server.createDatabase();
    await server.psql(copy, await dumpSchema(server, production));
    expected = await plansOf(production);
  }, 240_000);

  const plansOf = (database: string) => withSession(server, database, (session) => explainAll(session, queries));

  const restore = (systemCatalogs: boolean): Promise<RestoreReport> =>
    withSnapshot(server, production, (snapshot) => putInto(server, snapshot, copy), 'postgres', { systemCatalogs });

  it('are planned as by production', async () => {
    const without = await plansOf(copy);
    const report = await restore(true);
    expect(report.catalogs).toMatchObject({ skipped: null });
    expect(report.refused).toEqual([]);
    const plans = await plansOf(copy);
    const same = (all: readonly string[]) => all.filter((plan, i) => plan === expected[i]).length;
    const different = queries.filter((_, i) => plans[i] !== expected[i]);
    console.log(`PostgreSQL ${major}: ${same(without)} of ${queries.length} identical before, ${same(plans)} after`);
    queries.forEach((query, i) => {
      if (plans[i] !== expected[i]) {
        const a = (plans[i] as string).split('\n'),
          b = (expected[i] as string).split('\n');
        console.log(
          query.slice(0, 150),
          '\n',
          a.length === b.length
            ? a
                .flatMap((l, k) => (l === b[k] ? [] : [`${b[k]} => ${l}`]))
                .slice(0, 6)
                .join('\n')
            : 'SHAPE',
        );
      }
    });
    expect(different).toEqual([]);
  });

  it('the catalogs are known to be overwritten by ANALYZE', async () => {
    expect(await withSession(server, copy, overwrittenRelations)).toEqual([]);
    await server.psql(copy, 'ANALYZE pg_class');
    expect(await withSession(server, copy, overwrittenRelations)).toEqual(['pg_class']);
  });
});
