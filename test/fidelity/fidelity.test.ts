import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { explainAll, type Lab, labQueries, makeLab, restoreInto, withSession } from './lab.ts';
import { verifyLab } from './verify-lab.ts';

const majors = await testMajors();
const queries = await labQueries();

describe.runIf(majors.length > 0).each(majors)('the lab on PostgreSQL %i', (major) => {
  let server: TestServer;
  let lab: Lab;

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    lab = await makeLab(server);
  });

  const plansOf = (database: string) => withSession(server, database, (session) => explainAll(session, queries));

  /** Puts 200 rows of production into each table of the copy, past the constraint that some of them break. */
  async function copyRows(): Promise<void> {
    await server.psql(lab.copy, 'ALTER DOMAIN rating DROP CONSTRAINT at_most_five');
    const tables = await server.psql(
      lab.production,
      `SELECT c.oid::regclass FROM pg_class c WHERE relkind = 'r' AND oid >= 16384 AND pg_table_is_visible(oid) ORDER BY 1`,
    );
    for (const table of tables.split('\n')) {
      const rows = await server.psql(lab.production, `COPY (SELECT * FROM ONLY ${table} LIMIT 200) TO STDOUT`);
      const data = rows === '' ? '' : `${rows}\n`;
      await server.psql(lab.copy, `SET session_replication_role = replica;\nCOPY ${table} FROM STDIN;\n${data}\\.\n`);
    }
  }

  it('is restored whole', () => {
    expect(lab.restored).toMatchObject({ missing: [], unknown: [], refused: [], skippedSettings: [] });
  });

  it('plans every query byte for byte as production does', async () => {
    expect(await plansOf(lab.copy)).toEqual(await plansOf(lab.production));
  });

  it.each([
    { settings: 'SET random_page_cost = 4; SET effective_cache_size = 1000' },
    { settings: 'SET max_parallel_workers_per_gather = 0; SET work_mem = 256' },
    {
      settings:
        'SET min_parallel_table_scan_size = 0; SET min_parallel_index_scan_size = 0; SET parallel_setup_cost = 0',
    },
    { settings: 'SET enable_hashjoin = off; SET enable_seqscan = off' },
    { settings: 'SET enable_bitmapscan = off; SET cpu_operator_cost = 0.01' },
    {
      settings:
        'SET enable_partitionwise_join = on; SET enable_partitionwise_aggregate = on; SET enable_nestloop = off',
    },
  ])('does so under $settings', async ({ settings }) => {
    const plans = (database: string) =>
      withSession(server, database, async (session) => {
        await session.run(settings);
        return explainAll(session, queries);
      });
    expect(await plans(lab.copy)).toEqual(await plans(lab.production));
  });

  it('is verified by the command line, which names a setting that is changed on the source', async () => {
    const { before, after } = await verifyLab(server, lab, queries);
    expect(before.stdout, before.stderr).toContain(`${queries.length} of ${queries.length} identical`);
    expect(before.status).toBe(0);
    expect(after.stdout).toMatch(/setting seq_page_cost is 2\.5 on the source and 1 on the target/);
    expect(after.status).toBe(1);
  });

  it('does so with rows in the tables, also after they were vacuumed', async () => {
    await copyRows();
    const expected = await plansOf(lab.production);
    expect(await plansOf(lab.copy)).toEqual(expected);
    await server.psql(lab.copy, 'VACUUM');
    expect(await plansOf(lab.copy)).toEqual(expected);
    await server.psql(lab.copy, 'ANALYZE');
    expect(await plansOf(lab.copy)).not.toEqual(expected);
    await restoreInto(server, lab.production, lab.copy);
    expect(await plansOf(lab.copy)).toEqual(expected);
  });
});
