import { describe, expect, it } from 'vitest';
import type { RegressError } from '../../src/model/errors.ts';
import { SILENT } from '../../src/model/progress.ts';
import { readPlanningState, requireUnchanged } from '../../src/planning/unchanged.ts';
import type { TargetSnapshot } from '../../src/predict/index.ts';
import { restoreSnapshot } from '../../src/restore/index.ts';
import { readTargetState } from '../../src/restore/target-state/target-state.ts';
import { targetServer } from '../restore/target-server.ts';
import { testMajors } from '../support/servers.ts';
import { aSnapshot, ORDERS } from '../support/snapshot-builders.ts';

const majors = await testMajors();

const SCHEMA = `
CREATE TABLE orders (id int, note text);
CREATE INDEX ON orders (id);
CREATE INDEX orders_note_idx ON orders (note);
CREATE TABLE fixtures (id int PRIMARY KEY, kind text);
INSERT INTO fixtures SELECT g, g % 3 FROM generate_series(1, 900) g;
INSERT INTO orders SELECT g, 'x' FROM generate_series(1, 500) g;
CREATE VIEW open_orders AS SELECT * FROM orders WHERE note <> 'done';
CREATE FUNCTION twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE TYPE state AS ENUM ('new', 'done');
CREATE STATISTICS of_orders ON id, note FROM orders;`;

/** Done in another session while queries are planned, and what the error names. */
const CHANGES: readonly (readonly [change: string, named: string])[] = [
  ['ANALYZE fixtures', 'statistics (public.fixtures)'],
  ['ANALYZE orders', 'statistics (public.orders)'],
  ["DELETE FROM pg_statistic WHERE starelid = 'orders'::regclass", 'statistics ('],
  ['CREATE INDEX orders_both_idx ON orders (id, note)', 'indexes (public.orders_both_idx)'],
  ['ALTER INDEX orders_note_idx RENAME TO other_idx', 'relations (public.other_idx)'],
  ['DROP INDEX other_idx', 'indexes (1 fewer)'],
  ['ALTER STATISTICS of_orders SET STATISTICS 7', 'statistics objects (public.of_orders)'],
  ['DROP STATISTICS of_orders', 'statistics objects (1 fewer)'],
  ['ALTER TABLE orders ADD COLUMN more int', 'columns (public.orders)'],
  ['ALTER TABLE orders ADD CHECK (id > 0)', 'constraints (public.orders_id_check)'],
  ['ALTER TABLE orders ENABLE ROW LEVEL SECURITY', 'relations (public.orders)'],
  ['ALTER TABLE orders SET (parallel_workers = 7)', 'relations (public.orders)'],
  ['CREATE POLICY mine ON orders USING (id = 1)', 'policies (public.orders)'],
  ['CREATE OR REPLACE VIEW open_orders AS SELECT * FROM orders WHERE id > 5', 'rules and views (public.open_orders)'],
  ['ALTER FUNCTION twice(int) COST 10000', 'functions (public.twice)'],
  ["ALTER TYPE state ADD VALUE 'gone'", 'enum labels'],
  ['INSERT INTO fixtures SELECT g FROM generate_series(1000, 3000) g', 'sizes of relations'],
  ['UPDATE regress_planner.relation SET pages = 7', 'restored figures of tables'],
  ["DELETE FROM regress_planner.index WHERE range_min = '1'", 'restored figures of indexes ('],
  ['ALTER TABLESPACE pg_default SET (random_page_cost = 9)', 'page costs of tablespaces'],
];

/** Plans do not depend on these. */
const HARMLESS = [
  "INSERT INTO orders SELECT g, 'y' FROM generate_series(1, 500) g",
  'VACUUM orders',
  'REINDEX TABLE orders',
  'CREATE TEMP TABLE passing (id int PRIMARY KEY, note text); ANALYZE passing',
  'CREATE ROLE regress_passing; DROP ROLE regress_passing',
];

describe.runIf(majors.length > 0).each(majors)('a target that changes meanwhile, on PostgreSQL %i', (major) => {
  const { databaseWith, library, psql, session } = targetServer(major);

  const restored = async (database: string, snapshot: TargetSnapshot, patienceMs = 0, keepLock = false) =>
    restoreSnapshot(await session(database), snapshot, {
      ...{ extension: { kind: 'library', path: await library() }, progress: SILENT, keepSettings: false },
      ...{ patienceMs, keepLock },
    });
  const planned = async () => {
    const database = await databaseWith(SCHEMA);
    const { state } = await restored(database, aSnapshot([ORDERS]));
    const connection = await session(database);
    return { database, connection, ground: await readPlanningState(connection, state) };
  };

  it('is told, with what changed', async () => {
    const { database, connection } = await planned();
    for (const [change, named] of CHANGES) {
      const ground = await readPlanningState(connection, await readTargetState(connection));
      await requireUnchanged(connection, ground);
      await psql(database, change);
      const outcome = requireUnchanged(connection, ground);
      await expect(outcome, change).rejects.toMatchObject({ code: 'target', detail: expect.stringContaining(named) });
    }
    await psql(database, 'ALTER TABLESPACE pg_default RESET (random_page_cost)');
  });

  it('is not told where plans stay as they are', async () => {
    const { database, connection, ground } = await planned();
    for (const change of HARMLESS) {
      await psql(database, change);
      await expect(requireUnchanged(connection, ground), change).resolves.toBeUndefined();
    }
  });

  it('is told where a setting of the server is changed and read again', async () => {
    const { database, connection, ground } = await planned();
    await psql(database, 'ALTER SYSTEM SET cpu_operator_cost = 0.7');
    await psql(database, 'SELECT pg_reload_conf()');
    try {
      await expect
        .poll(() => requireUnchanged(connection, ground).catch((error: RegressError) => error.detail))
        .toContain('setting cpu_operator_cost');
    } finally {
      await psql(database, 'ALTER SYSTEM RESET cpu_operator_cost');
      await psql(database, 'SELECT pg_reload_conf()');
    }
  });

  it('is told where the same snapshot was restored again past the lock', async () => {
    const { database, connection, ground } = await planned();
    await restored(database, aSnapshot([ORDERS]));
    await expect(requireUnchanged(connection, ground)).rejects.toMatchObject({
      detail: expect.stringContaining('the restored snapshot'),
    });
  });

  it('is not restored into while somebody plans there, and is as soon as that has ended', async () => {
    const database = await databaseWith(SCHEMA);
    const extension = { kind: 'library', path: await library() } as const;
    const options = { extension, progress: SILENT, keepSettings: false, patienceMs: 0 };
    const planning = await session(database);
    await restoreSnapshot(planning, aSnapshot([ORDERS]), { ...options, keepLock: true });
    await expect(restored(database, aSnapshot([ORDERS], { digest: 'other' }))).rejects.toMatchObject({
      code: 'target',
      message: 'another run uses the target',
    });
    const waiting = restored(database, aSnapshot([ORDERS], { digest: 'other' }), 30_000);
    await planning.query('SELECT pg_catalog.pg_advisory_unlock_all()');
    expect(await waiting).toMatchObject({ snapshotDigest: 'other' });
  });
});
