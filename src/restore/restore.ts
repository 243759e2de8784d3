import { displayName, driftOf, readCatalog, type TargetCatalog } from '../catalog/index.ts';
import type { Progress } from '../model/progress.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { SizeEstimate, UnknownObject } from '../model/unknown-object.ts';
import type { Connection } from '../postgres/index.ts';
import { attempt } from '../postgres/index.ts';
import type { Estimates } from '../predict/index.ts';
import { borrowForPartitions, estimateUnknown, expectTables } from '../predict/index.ts';
import { strategyFor } from './catalogs/choose-strategy.ts';
import { statisticsQueue } from './catalogs/column-statistics.ts';
import type { CatalogStrategy } from './catalogs/strategy.ts';
import { restoreSystemCatalogs } from './catalogs/system-catalogs.ts';
import { readIdentity, type TargetIdentity } from './identity.ts';
import { emptyJournal, type RestoreReport } from './journal.ts';
import { slotCatalog } from './proofs/slot-facts.ts';
import { describeRelation, type Restoration, restoreRelation } from './relation.ts';
import { requirePrepared } from './rights.ts';
import { preloadLibrary, skipStrange, writeSettings } from './settings/settings.ts';
import { type ExtensionSource, emptySideTables, ensureExtension } from './side-data/extension.ts';
import { emptyFacts, writeIndexes, writeRelations } from './side-data/facts.ts';
import { findTablespaces, type TargetTablespaces } from './side-data/tablespaces.ts';
import { readPrevious } from './state/previous.ts';
import { readTargetState } from './state/target-state.ts';
import { inRestoreTransaction } from './transaction.ts';

export interface RestoreOptions {
  readonly extension: ExtensionSource;
  readonly progress: Progress;
  /**
   * True: settings the database has already, such as those a migration made, are left as they are and noted as skipped;
   * false: production's replace them.
   */
  readonly keepSettings: boolean;
  /** Rows of tables that the snapshot does not know, by name, with the schema or without. */
  readonly expect?: ReadonlyMap<string, { readonly rows: number }> | undefined;
  /** True: the connection keeps others from restoring into its database until it is closed. */
  readonly keepLock?: boolean;
  /** How long another run that uses the database is waited for, in ms. */
  readonly patienceMs?: number;
}

/** A check of thousands of queries takes minutes, and jobs of CI may share a target. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Puts a snapshot into a database that has the schema, in one transaction and in place of what an earlier restore put
 * there. Sessions opened afterwards load the planner's library and have production's settings; those already open with
 * the library see the snapshot at their next plan. Throws RegressError `privilege`, `environment`, `target` or
 * `snapshot`; the database is then as it was.
 */
export async function restoreSnapshot(
  connection: Connection,
  snapshot: Snapshot,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const identity = await readIdentity(connection);
  const strategy = strategyFor(identity);
  const tablespaces = await findTablespaces(connection, snapshot.manifest);
  const work = () => restoreInside(connection, snapshot, options, { ...identity, strategy, tablespaces });
  const { keepLock = false, patienceMs = PATIENCE_MS, progress } = options;
  const report = await inRestoreTransaction(connection, identity, { keep: keepLock, patienceMs, progress }, work);
  options.progress.done();
  return report;
}

interface Target extends TargetIdentity {
  readonly strategy: CatalogStrategy;
  readonly tablespaces: TargetTablespaces;
}

async function restoreInside(
  connection: Connection,
  snapshot: Snapshot,
  { extension, progress, keepSettings, expect = new Map() }: RestoreOptions,
  { strategy, tablespaces, ...identity }: Target,
): Promise<RestoreReport> {
  const { manifest } = snapshot;
  if (!identity.superuser) await requirePrepared(connection, identity);
  const previous = await readPrevious(connection);
  const library = identity.superuser ? await ensureExtension(connection, extension) : null;
  await emptySideTables(connection);
  await strategy.forget(connection);
  const restoration = await beginRestoration(connection, strategy, tablespaces);
  progress.start('restore', Object.keys(manifest.files).length);
  await strategy.begin(connection);
  for await (const relation of snapshot.relations()) {
    await restoreRelation(restoration, relation);
    progress.advance();
  }
  const estimates: Estimates = new Map();
  await borrowForPartitions(connection, restoration, snapshot, estimates);
  await restoration.queue.flush();
  const catalogs = await restoreSystemCatalogs(restoration, snapshot, {
    major: identity.major,
    previous: previous?.catalogs ?? false,
  });
  await strategy.end(connection);
  const { journal, known } = restoration;
  await expectTables(connection, restoration, { expect, warn: progress.warn }, estimates);
  await writeRelations(connection, restoration.facts, strategy);
  const written = new Set(restoration.facts.classes.map(({ oid }) => oid));
  const forgotten = previous?.relations.filter((oid) => !known.has(oid) && !written.has(oid)) ?? [];
  await strategy.forgetFigures(connection, forgotten);
  await estimateUnknown(connection, restoration, library, estimates);
  await writeIndexes(connection, restoration.facts);
  journal.skippedSettings.push(...(snapshot.strangeSettings ?? []).map(skipStrange));
  const settings = await writeSettings(connection, manifest.settings, previous?.settings ?? [], journal, {
    keep: keepSettings,
    identity,
  });
  if (library !== null) await preloadLibrary(connection, library);
  await recordRestore(connection, snapshot, settings);
  journal.unknown.push(...unknownObjects(restoration.catalog, known, estimates));
  const missing = driftOf(journal.missing, restoration.parents);
  return {
    snapshotDigest: manifest.digest,
    ...journal,
    missing,
    catalogs,
    autovacuum: await hasAutovacuum(connection),
    state: await readTargetState(connection),
  };
}

async function beginRestoration(
  connection: Connection,
  strategy: CatalogStrategy,
  tablespaces: TargetTablespaces,
): Promise<Restoration> {
  const catalog = await readCatalog(connection);
  const slots = slotCatalog(connection);
  const writer = { connection, strategy, domains: catalog.domains, slots, journal: emptyJournal() };
  writer.journal.refused.push(...tablespaces.refused);
  return {
    ...writer,
    catalog,
    facts: emptyFacts(tablespaces),
    queue: statisticsQueue(writer),
    known: new Set(),
    changed: new Map(),
    ranges: new Map(),
    parents: new Map(),
  };
}

/** Sequences are left out: the planner reads nothing of them that a restore could change. */
function unknownObjects(catalog: TargetCatalog, known: ReadonlySet<number>, estimates: Estimates): UnknownObject[] {
  return [...catalog.relations.values()].flatMap((relation): UnknownObject[] => {
    const { schemaname, relname } = relation;
    if (relation.relkind === 'S') return [];
    const indexes = [...relation.indexes.values()].filter(({ oid }) => !known.has(oid));
    const estimated = indexes.map(({ oid, indexname }) => unknownIndex(schemaname, indexname, estimates.get(oid)));
    if (!known.has(relation.oid)) {
      const table = { kind: 'relation', schemaname, name: relname, description: describeRelation(relation) } as const;
      // Indexes of a table of which nothing is known go without saying.
      return [withEstimate(table, estimates.get(relation.oid)), ...estimated.filter((each) => each.estimate)];
    }
    const objects = [...relation.statistics.values()].filter(({ oid }) => !known.has(oid));
    return [
      ...estimated,
      ...objects.map((each): UnknownObject => {
        const description = `statistics object ${displayName(each.schemaname, each.statistics_name)}`;
        return { kind: 'statistics object', schemaname: each.schemaname, name: each.statistics_name, description };
      }),
    ];
  });
}

function unknownIndex(schemaname: string, name: string, estimate: SizeEstimate | undefined): UnknownObject {
  const description = `index ${displayName(schemaname, name)}`;
  return withEstimate({ kind: 'index', schemaname, name, description }, estimate);
}

function withEstimate(object: UnknownObject, estimate: SizeEstimate | undefined): UnknownObject {
  return estimate === undefined ? object : { ...object, estimate };
}

const RECORD_SQL = `
INSERT INTO regress_planner.restored (
  snapshot_digest, captured_at, server_version, system_identifier, source_database, settings)
VALUES ($1, $2::pg_catalog.timestamptz, $3, $4, $5, $6)`;

/** In a savepoint, whose number is above those of all that was written before: see overwrittenCatalogs. */
async function recordRestore(connection: Connection, { manifest }: Snapshot, settings: string[]): Promise<void> {
  const { version, system_identifier, database } = manifest.server;
  const row = [manifest.digest, manifest.capturedAt, version, system_identifier, database, settings];
  const refusal = await attempt(connection, () => connection.query(RECORD_SQL, row));
  if (refusal !== null) throw refusal;
}

async function hasAutovacuum(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ autovacuum: string }>(
    `SELECT pg_catalog.current_setting('autovacuum') AS autovacuum`,
  );
  return row?.autovacuum === 'on';
}
