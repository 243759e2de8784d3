import type { Progress } from '../model/progress.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { UnknownObject } from '../model/unknown-object.ts';
import { type Connection, serverVersion } from '../postgres/index.ts';
import { readCatalog, type TargetCatalog } from './catalog.ts';
import { statisticsQueue } from './column-statistics.ts';
import { createCasts, dropCasts } from './extended-statistics.ts';
import { type ExtensionSource, ensureExtension } from './extension.ts';
import { emptyFacts, writeFacts } from './facts.ts';
import { displayName } from './names.ts';
import { forgetFigures, forgetStatistics, readPrevious } from './previous.ts';
import { describeRelation, type Restoration, restoreRelation } from './relation.ts';
import { emptyJournal, type RestoreReport } from './report.ts';
import { inRestoreTransaction } from './session.ts';
import { preloadLibrary, writeSettings } from './settings.ts';

export interface RestoreOptions {
  readonly extension: ExtensionSource;
  readonly progress: Progress;
  /**
   * True: settings the database has already, such as those a migration made, are left as they are and noted as skipped;
   * false: production's replace them.
   */
  readonly keepSettings: boolean;
}

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
  const { major } = await serverVersion(connection);
  const report = await inRestoreTransaction(connection, () => restoreInside(connection, snapshot, options, major));
  options.progress.done();
  return report;
}

async function restoreInside(
  connection: Connection,
  snapshot: Snapshot,
  { extension, progress, keepSettings }: RestoreOptions,
  major: number,
): Promise<RestoreReport> {
  const { manifest } = snapshot;
  const previous = await readPrevious(connection);
  const library = await ensureExtension(connection, extension);
  await forgetStatistics(connection);
  const restoration = await beginRestoration(connection, major);
  progress.start('restore', Object.keys(manifest.files).length);
  await createCasts(connection);
  for await (const relation of snapshot.relations()) {
    await restoreRelation(restoration, relation);
    progress.advance();
  }
  await restoration.queue.flush();
  await dropCasts(connection);
  const { journal, known } = restoration;
  await writeFacts(connection, restoration.facts, major);
  if (previous !== null) await forgetFigures(connection, previous, known);
  const settings = await writeSettings(connection, manifest.settings, previous?.settings ?? [], journal, keepSettings);
  await preloadLibrary(connection, library);
  await recordRestore(connection, snapshot, settings);
  journal.unknown.push(...unknownObjects(restoration.catalog, known));
  return { snapshotDigest: manifest.digest, ...journal, autovacuum: await hasAutovacuum(connection) };
}

async function beginRestoration(connection: Connection, major: number): Promise<Restoration> {
  const catalog = await readCatalog(connection);
  const writer = { connection, domains: catalog.domains, journal: emptyJournal() };
  return { ...writer, major, catalog, facts: emptyFacts(), queue: statisticsQueue(writer), known: new Set() };
}

/** Sequences are left out: the planner reads nothing of them that a restore could change. */
function unknownObjects(catalog: TargetCatalog, known: ReadonlySet<number>): UnknownObject[] {
  return [...catalog.relations.values()].flatMap((relation): UnknownObject[] => {
    const { schemaname, relname } = relation;
    if (relation.relkind === 'S') return [];
    if (!known.has(relation.oid)) {
      return [{ kind: 'relation', schemaname, name: relname, description: describeRelation(relation) }];
    }
    const indexes = [...relation.indexes.values()].filter(({ oid }) => !known.has(oid));
    const objects = [...relation.statistics.values()].filter(({ oid }) => !known.has(oid));
    return [
      ...indexes.map(({ indexname }) => unknownObject('index', schemaname, indexname)),
      ...objects.map((each) => unknownObject('statistics object', each.schemaname, each.statistics_name)),
    ];
  });
}

function unknownObject(kind: 'index' | 'statistics object', schemaname: string, name: string): UnknownObject {
  return { kind, schemaname, name, description: `${kind} ${displayName(schemaname, name)}` };
}

const RECORD_SQL = `
INSERT INTO regress_planner.restored (
  snapshot_digest, captured_at, server_version, system_identifier, source_database, settings)
VALUES ($1, $2::pg_catalog.timestamptz, $3, $4, $5, $6)`;

async function recordRestore(connection: Connection, { manifest }: Snapshot, settings: string[]): Promise<void> {
  const { version, system_identifier, database } = manifest.server;
  await connection.query(RECORD_SQL, [
    manifest.digest,
    manifest.capturedAt,
    version,
    system_identifier,
    database,
    settings,
  ]);
}

async function hasAutovacuum(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ autovacuum: string }>(
    `SELECT pg_catalog.current_setting('autovacuum') AS autovacuum`,
  );
  return row?.autovacuum === 'on';
}
