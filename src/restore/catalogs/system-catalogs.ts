import { readRelations, SYSTEM_CATALOG } from '../../catalog/index.ts';
import { majorOf } from '../../model/manifest.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
import type { Connection } from '../../postgres/index.ts';
import { emptyJournal, type RestoredCatalogs } from '../journal.ts';
import { restoreRelation } from '../relation.ts';
import type { Restoration } from '../restore-state.ts';
import { emptyFacts } from '../side-data/facts.ts';
import { namedOids, objectRows } from './catalog-oids.ts';
import { statisticsQueue } from './column-statistics.ts';
import type { AttributeTarget, StatisticsWriter } from './strategy.ts';

/**
 * Restores a snapshot's system catalogs: statistics into pg_statistic, figures only into side tables, because the
 * server itself relies on its catalogs' rows in pg_class. Skips those of another major, which has other catalogs. If
 * it restores none, it removes those of an earlier restore. Returns null if the snapshot has none.
 */
export async function restoreSystemCatalogs(
  restoration: Restoration,
  snapshot: Snapshot,
  { major, previous }: { readonly major: number; readonly previous: boolean },
): Promise<RestoredCatalogs | null> {
  const { writer, facts } = restoration;
  const { connection, strategy, journal } = writer;
  const { catalogs } = snapshot.manifest;
  const sourceMajor = majorOf(snapshot.manifest);
  if (catalogs === undefined || sourceMajor !== major) {
    if (previous) await analyzeAnew(writer);
    const skipped = `they are from PostgreSQL ${sourceMajor}, but the target is PostgreSQL ${major}`;
    return catalogs === undefined ? null : { relations: 0, skipped };
  }
  await strategy.forgetCatalogs(connection);
  const own = emptyJournal();
  const part = {
    ...restoration,
    writer: { ...writer, journal: own },
    facts: emptyFacts(facts.tablespaces),
    catalog: await targetCatalogs(restoration),
  };
  const queue = statisticsQueue(part.writer);
  const shared = strategy.writesSharedCatalogs ? new Set<number>() : await sharedCatalogs(connection);
  const add = (targets: readonly AttributeTarget[]) =>
    queue.add(targets.filter(({ starelid }) => !shared.has(starelid)));
  const named = new Map<string, number>();
  for await (const relation of snapshot.catalogs()) {
    await restoreRelation({ ...part, queue: { ...queue, add } }, relation);
    for (const [oid, name] of namedOids(relation)) named.set(name, oid);
  }
  facts.objects.push(...(await objectRows(connection, named)));
  await queue.flush();
  facts.relations.push(...part.facts.relations);
  facts.indexes.push(...part.facts.indexes);
  journal.counts.rangeEnds += own.counts.rangeEnds;
  journal.counts.columns += own.counts.columns;
  journal.refused.push(...own.refused);
  if (shared.size > 0) {
    const message = 'only a superuser can restore statistics of catalogs that all databases share';
    journal.refused.push({ object: 'shared system catalogs', what: 'statistics', message });
  }
  return { relations: own.counts.relations, skipped: null };
}

async function targetCatalogs({
  writer: { connection },
  catalog: { domains },
}: Restoration): Promise<Restoration['catalog']> {
  return { relations: await readRelations(connection, SYSTEM_CATALOG), domains };
}

const SHARED_SQL = `
SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE ${SYSTEM_CATALOG} AND c.relisshared
ORDER BY c.oid`;

async function sharedCatalogs(connection: Connection): Promise<Set<number>> {
  return new Set((await connection.query<{ oid: number }>(SHARED_SQL)).map(({ oid }) => oid));
}

/** Leaves out pg_statistic, the only table that ANALYZE does not accept. */
const ANALYZE_SQL = `
SELECT pg_catalog.string_agg(pg_catalog.format('ANALYZE %I.%I', n.nspname, c.relname), '; ' ORDER BY c.oid) AS sql
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE ${SYSTEM_CATALOG} AND NOT c.relisshared AND c.oid <> 'pg_catalog.pg_statistic'::pg_catalog.regclass`;

/** Replaces an earlier restore's statistics with the database's own. */
async function analyzeAnew({ connection, strategy }: StatisticsWriter): Promise<void> {
  await strategy.forgetCatalogs(connection);
  const [row] = await connection.query<{ sql: string }>(ANALYZE_SQL);
  await connection.run(row?.sql ?? '');
}

const OVERWRITTEN_SQL = `
SELECT DISTINCT s.starelid::pg_catalog.regclass::pg_catalog.text AS name
FROM regress_planner.restored r CROSS JOIN pg_catalog.pg_statistic s
JOIN regress_planner.relation c ON c.relid = s.starelid
WHERE s.starelid < ${FIRST_USER_OID} AND pg_catalog.age(s.xmin) < pg_catalog.age(r.xmin)
ORDER BY 1`;

/** System catalogs analyzed since the restore: their rows are newer than that of regress_planner.restored, its last. */
export async function overwrittenCatalogs(connection: Connection): Promise<string[]> {
  return (await connection.query<{ name: string }>(OVERWRITTEN_SQL)).map(({ name }) => name);
}
