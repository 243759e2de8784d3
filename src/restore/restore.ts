import { driftOf, readCatalog } from '../catalog/index.ts';
import type { Progress } from '../model/progress.ts';
import type { SizeEstimate } from '../model/target/unknown-object.ts';
import { attempt, type Connection } from '../postgres/index.ts';
import { expectedTables, predictPartitions, type TargetSnapshot } from '../predict/index.ts';
import { strategyFor } from './catalogs/choose-strategy.ts';
import { statisticsQueue } from './catalogs/column-statistics.ts';
import type { CatalogStrategy } from './catalogs/strategy.ts';
import { restoreSystemCatalogs } from './catalogs/system-catalogs.ts';
import { readIdentity, type TargetIdentity } from './identity.ts';
import { emptyJournal, type Journal, type RestoredCatalogs, type RestoreReport } from './journal.ts';
import { addNewIndexes, addSizedTables, type Estimates, restorePredicted } from './predictions.ts';
import { slotCatalog } from './proofs/slot-facts.ts';
import { restoreRelation } from './relation.ts';
import type { Restoration } from './restore-state.ts';
import { requirePrepared } from './rights.ts';
import { preloadLibrary, skipStrange, writeSettings } from './settings/settings.ts';
import { type ExtensionSource, emptySideTables, ensureExtension } from './side-data/extension.ts';
import { emptyFacts, writeIndexes, writeRelations } from './side-data/facts.ts';
import { findTablespaces, type TargetTablespaces } from './side-data/tablespaces.ts';
import { type PreviousRestore, readPrevious } from './target-state/previous.ts';
import { readTargetState } from './target-state/target-state.ts';
import { inRestoreTransaction } from './transaction.ts';
import { unknownObjects } from './unknown-objects.ts';

export interface RestoreOptions {
  readonly extension: ExtensionSource;
  readonly progress: Progress;
  /**
   * True: keeps settings that the database already has, for example from a migration, and reports production's as
   * skipped. False: production's settings replace them.
   */
  readonly keepSettings: boolean;
  /** Expected rows of tables that the snapshot does not know, by name, with or without the schema. */
  readonly expect?: ReadonlyMap<string, { readonly rows: number }> | undefined;
  /** True: nobody else can restore into the database until the connection is closed. */
  readonly keepLock?: boolean;
  /** Milliseconds to wait for another run that uses the database. */
  readonly patienceMs?: number;
}

/** A check of thousands of queries takes minutes, and CI jobs may share a target. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Restores a snapshot into a database that has the schema, in one transaction. It replaces an earlier restore. Sessions
 * opened afterwards load the planner's library and have production's settings; open sessions with the library see the
 * snapshot at their next plan. Throws RegressError `privilege`, `environment`, `target` or `snapshot`, and then leaves
 * the database unchanged.
 */
export async function restoreSnapshot(
  connection: Connection,
  snapshot: TargetSnapshot,
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

/**
 * Four phases: prepares the database, then writes statistics, then sizes, then settings and the record of the restore.
 */
async function restoreInside(
  connection: Connection,
  snapshot: TargetSnapshot,
  options: RestoreOptions,
  target: Target,
): Promise<RestoreReport> {
  const { previous, library } = await makeReady(connection, options.extension, target);
  const { restoration, estimates, catalogs } = await restoreStatistics(connection, snapshot, options.progress, {
    target,
    previous,
  });
  const sized = await restoreSizes(restoration, options, { previous, library, estimates });
  const { journal } = restoration.writer;
  journal.unknown.push(...unknownObjects(restoration.catalog, restoration.found.known, sized));
  await finish(connection, snapshot, journal, {
    keepSettings: options.keepSettings,
    ...{ identity: target, previous, library },
  });
  return {
    snapshotDigest: snapshot.manifest.digest,
    ...journal,
    missing: driftOf(journal.missing, restoration.found.parents),
    catalogs,
    autovacuum: await hasAutovacuum(connection),
    state: await readTargetState(connection),
  };
}

interface Ready {
  readonly previous: PreviousRestore | null;
  /** The library for this session to load; null if the role is not a superuser, because LOAD is refused to others. */
  readonly library: string | null;
}

async function makeReady(connection: Connection, extension: ExtensionSource, target: Target): Promise<Ready> {
  if (!target.superuser) await requirePrepared(connection, target);
  const previous = await readPrevious(connection);
  const library = target.superuser ? await ensureExtension(connection, extension) : null;
  await emptySideTables(connection);
  await target.strategy.forget(connection);
  return { previous, library };
}

interface RestoredStatistics {
  readonly restoration: Restoration;
  /** Estimates of partitions that production does not have. */
  readonly estimates: Estimates;
  readonly catalogs: RestoredCatalogs | null;
}

async function restoreStatistics(
  connection: Connection,
  snapshot: TargetSnapshot,
  progress: Progress,
  { target, previous }: { readonly target: Target; readonly previous: PreviousRestore | null },
): Promise<RestoredStatistics> {
  const { strategy } = target;
  const restoration = await beginRestoration(connection, target);
  progress.start('restore', Object.keys(snapshot.manifest.files).length);
  await strategy.begin(connection);
  for await (const relation of snapshot.relations()) {
    await restoreRelation(restoration, relation);
    progress.advance();
  }
  const { catalog, found, queue } = restoration;
  const estimates: [number, SizeEstimate][] = [];
  for (const partition of await predictPartitions(connection, { catalog, known: found.known }, snapshot)) {
    estimates.push(...(await restorePredicted(restoration, partition)));
  }
  await queue.flush();
  const catalogs = await restoreSystemCatalogs(restoration, snapshot, {
    major: target.major,
    previous: previous?.catalogs ?? false,
  });
  await strategy.end(connection);
  return { restoration, estimates: new Map(estimates), catalogs };
}

async function beginRestoration(connection: Connection, { strategy, tablespaces }: Target): Promise<Restoration> {
  const catalog = await readCatalog(connection);
  const slots = slotCatalog(connection);
  const writer = { connection, strategy, domains: catalog.domains, slots, journal: emptyJournal() };
  writer.journal.refused.push(...tablespaces.refused);
  return {
    ...{ writer, catalog, facts: emptyFacts(tablespaces), queue: statisticsQueue(writer) },
    found: { known: new Set(), changed: new Map(), ranges: new Map(), parents: new Map() },
  };
}

/** Returns the size estimates of all objects that production does not have. */
async function restoreSizes(
  restoration: Restoration,
  { expect = new Map(), progress }: RestoreOptions,
  { previous, library, estimates }: Ready & { readonly estimates: Estimates },
): Promise<Estimates> {
  const { writer, catalog, facts, found } = restoration;
  const { connection, strategy } = writer;
  const { known } = found;
  const expected = await expectedTables(connection, { catalog, known }, { expect, warn: progress.warn });
  const withTables = new Map([...estimates, ...addSizedTables(facts, expected)]);
  await writeRelations(connection, facts, strategy);
  const written = new Set(facts.classes.map(({ oid }) => oid));
  const forgotten = previous?.relations.filter((oid) => !known.has(oid) && !written.has(oid)) ?? [];
  await strategy.forgetFigures(connection, forgotten);
  const indexes = await addNewIndexes(restoration, library, withTables);
  await writeIndexes(connection, facts);
  return new Map([...withTables, ...indexes]);
}

interface Finish extends Ready {
  readonly keepSettings: boolean;
  readonly identity: TargetIdentity;
}

async function finish(
  connection: Connection,
  snapshot: TargetSnapshot,
  journal: Journal,
  { keepSettings, identity, previous, library }: Finish,
): Promise<void> {
  journal.skippedSettings.push(...(snapshot.strangeSettings ?? []).map(skipStrange));
  const settings = await writeSettings(connection, snapshot.manifest.settings, previous?.settings ?? [], journal, {
    keep: keepSettings,
    identity,
  });
  if (library !== null) await preloadLibrary(connection, library);
  await recordRestore(connection, snapshot, settings);
}

const RECORD_SQL = `
INSERT INTO regress_planner.restored (
  snapshot_digest, captured_at, server_version, system_identifier, source_database, settings)
VALUES ($1, $2::pg_catalog.timestamptz, $3, $4, $5, $6)`;

/**
 * Inserts in a savepoint, so that the row's xmin is later than that of every row written before: see
 * overwrittenCatalogs.
 */
async function recordRestore(connection: Connection, { manifest }: TargetSnapshot, settings: string[]): Promise<void> {
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
