import { RegressError } from '../model/errors.ts';
import { type Manifest, SNAPSHOT_FORMAT_VERSION, type Unreadable } from '../model/manifest.ts';
import type { ProductionPlan } from '../model/plans/production-plan.ts';
import type { Progress } from '../model/progress.ts';
import type { RelationSnapshot } from '../model/snapshot.ts';
import type { Connection } from '../postgres/index.ts';
import {
  CATALOGS_FOLDER,
  compareCodePoints,
  MANIFEST_FILE,
  manifestDigest,
  openWriter,
  PLANS_FILE,
  RELATIONS_FOLDER,
  readableJson,
  type SnapshotWriter,
  sha256,
} from '../snapshot/index.ts';
import { type Collection, openCollection } from './collection.ts';
import type { CaptureContext } from './read/capture.ts';
import { type PlanRequest, readNow } from './read/plans.ts';
import { CATALOG_LIST_SQL, RELATION_LIST_SQL } from './read/relations.ts';
import type { Records } from './records.ts';
import { coverageOf } from './rights/coverage.ts';
import { settledPlans } from './settled-plans.ts';
import { readSourceFacts } from './source-facts.ts';
import { isConflict, sourceSession, stateOf } from './source-session.ts';
import { inShortTransaction, SESSION_SETTINGS_SQL, transactionCount } from './transaction.ts';

export interface SnapshotOptions {
  /** False: no column values are read or written. */
  readonly values: boolean;
  /** True: the statistics of the system catalogs are read, too. */
  readonly systemCatalogs?: boolean;
  /** True: a part that cannot be read is only noted. */
  readonly allowPartial: boolean;
  readonly progress: Progress;
  /** Plans to take from production at the end, and again if relations were read again; undefined: no plans are taken. */
  readonly plans?: () => Promise<readonly PlanRequest[]>;
  /** Called with the plans; if the source refused one, with its error. */
  readonly onPlans?: (plans: readonly ProductionPlan[]) => void;
  /** Called with every relation that is written, and again if it changed and was read again. */
  readonly onRelation?: (relation: RelationSnapshot) => void;
  /** Opens another session with the source if a standby ends the current one; without it, that is an error. */
  readonly reopen?: () => Promise<Connection>;
  /** Milliseconds to keep trying locked tables. */
  readonly patience?: number;
  /** Version of regress, for the manifest. */
  readonly regressVersion: string;
}

/** How long locked tables are tried again, after all others were read. */
const PATIENCE_MS = 15_000;

/**
 * Reads everything that the planner of the connection's database reads, and writes it to `directory`, which is replaced as
 * a whole or left alone. Throws RegressError `privilege` if the role may not read statistics, `snapshot` if the directory
 * holds something else or a standby keeps canceling statements, and DatabaseError.
 */
export async function takeSnapshot(
  connection: Connection,
  directory: string,
  options: SnapshotOptions,
): Promise<Manifest> {
  const writer = await openWriter(directory);
  const session = sourceSession(connection, options.reopen);
  try {
    const manifest = await capture(session, writer, options);
    await writer.write(MANIFEST_FILE, readableJson(manifest));
    await writer.commit();
    return manifest;
  } catch (error) {
    const { standby, lost, conflicts } = stateOf(session);
    throw isConflict(error) || (standby && lost && conflicts > 0) ? keepsCanceling(error as Error) : error;
  } finally {
    await session.close().catch(() => undefined);
    await writer.discard();
  }
}

function keepsCanceling(error: Error): RegressError {
  return new RegressError('snapshot', "recovery on the standby keeps canceling the snapshot's queries", {
    detail: `${error.message}.`,
    hint: 'On the standby, set hot_standby_feedback = on or a longer max_standby_streaming_delay; or take the snapshot from the primary: npx regress-pg snapshot --source postgresql://…',
    cause: error,
  });
}

async function capture(connection: Connection, writer: SnapshotWriter, options: SnapshotOptions): Promise<Manifest> {
  const { values, systemCatalogs = false } = options;
  const source = await readSourceFacts(connection, { values, systemCatalogs });
  const { dialect: _, context, inRecovery: __, unreadable: denied, ...facts } = source;
  const unreadable = [...denied];
  refusePartial(unreadable, options);
  const relations = await collect(connection, writer, context, options, RELATIONS);
  const catalogs = systemCatalogs ? await collect(connection, writer, context, options, SYSTEM_CATALOGS) : null;
  refusePartial(relations.records.unreadable(), options);
  const plans = await writePlans(connection, writer, relations, options);
  const collections = [relations, ...(catalogs === null ? [] : [catalogs])];
  for (const { records } of collections) {
    await records.finish();
    unreadable.push(...records.unreadable());
    if (facts.server.encoding === 'SQL_ASCII') unreadable.push(...garbledValues(records));
  }
  refusePartial(unreadable, options);
  const { coverage, capturedUntil } = await readEnd(connection, context, relations);
  const manifest: Omit<Manifest, 'digest'> = {
    formatVersion: SNAPSHOT_FORMAT_VERSION,
    regress: options.regressVersion,
    ...facts,
    role: context.privileges.role,
    ...{ values, capturedUntil, transactions: transactionCount(connection), coverage },
    unreadable: unreadable.sort((a, b) => compareCodePoints(`${a.object} ${a.what}`, `${b.object} ${b.what}`)),
    ...plans,
    files: digestsOf(relations),
    ...(catalogs !== null && { catalogs: digestsOf(catalogs) }),
  };
  return { ...manifest, digest: manifestDigest(manifest) };
}

function digestsOf({ records }: Collection): Readonly<Record<string, string>> {
  return Object.fromEntries([...records.written.values()].map(({ path, sha256 }) => [path, sha256]));
}

/** How much was read, and until when. */
function readEnd(connection: Connection, { privileges }: CaptureContext, { records }: Collection) {
  return inShortTransaction(connection, SESSION_SETTINGS_SQL, async () => {
    const indexes = [...records.written.values()].map(({ coverage }) => coverage);
    const coverage = await coverageOf(connection, privileges, indexes);
    return { coverage, capturedUntil: await readNow(connection) };
  });
}

/** Takes and writes the plans. Returns the digest of their file under its key in the manifest. */
async function writePlans(
  connection: Connection,
  writer: SnapshotWriter,
  collection: Collection,
  { plans, onPlans, progress, patience = PATIENCE_MS }: SnapshotOptions,
): Promise<{ readonly plans?: string }> {
  if (plans === undefined) return {};
  const taken = await settledPlans(connection, plans, collection, {
    patience,
    started: (count) => progress.start('planning', count),
    advance: () => progress.advance(),
  });
  const content = readableJson(taken);
  await writer.write(PLANS_FILE, content);
  const planned = taken.filter(({ plan }) => plan !== null).length;
  const count = planned === taken.length ? `${planned}` : `${planned} of ${taken.length}`;
  progress.done(`planned ${count} ${taken.length === 1 ? 'query' : 'queries'}`);
  onPlans?.(taken);
  return { plans: sha256(content) };
}

const RELATIONS = { list: RELATION_LIST_SQL, folder: RELATIONS_FOLDER, names: ['relation', 'relations'] } as const;
const SYSTEM_CATALOGS = {
  list: CATALOG_LIST_SQL,
  folder: CATALOGS_FOLDER,
  names: ['system catalog', 'system catalogs'],
} as const;

async function collect(
  connection: Connection,
  writer: SnapshotWriter,
  context: CaptureContext,
  { progress, onRelation, patience = PATIENCE_MS }: SnapshotOptions,
  { list, folder, names: [one, many] }: typeof RELATIONS | typeof SYSTEM_CATALOGS,
): Promise<Collection> {
  const collection = openCollection(connection, writer, {
    ...{ folder, list },
    capture: { ...context, patience, objectNames: folder === CATALOGS_FOLDER },
    onRelation: (relation) => onRelation?.(relation),
  });
  await collection.collect(
    (count) => progress.start(`reading statistics of ${many}`, count),
    () => progress.advance(),
  );
  const count = collection.records.written.size;
  progress.done(`read the statistics of ${count} ${count === 1 ? one : many}`);
  return collection;
}

function garbledValues({ written }: Records): Unreadable[] {
  return [...written.values()].filter(({ garbled }) => garbled).map(({ quoted }) => garbledValue(quoted));
}

function garbledValue(object: string): Unreadable {
  return {
    object,
    what: 'values',
    reason: 'the database has encoding SQL_ASCII and some of the values are not UTF-8',
    hint: null,
    fatal: false,
  };
}

/** A message names at most this many objects. */
const NAMED_OBJECTS = 10;

/** True for the broadest grant; helper functions need a narrower one. */
function readsAllData(grant: string): boolean {
  return grant.startsWith('GRANT pg_read_all_data ');
}

/** Throws if something cannot be read without which plans are inexact, unless `allowPartial`. */
function refusePartial(unreadable: readonly Unreadable[], options: SnapshotOptions): void {
  const fatal = unreadable.filter((each) => each.fatal);
  if (fatal.length === 0 || options.allowPartial) return;
  const named = fatal.slice(0, NAMED_OBJECTS).map((each) => `${each.what} of ${each.object}: ${each.reason}`);
  const more = fatal.length > NAMED_OBJECTS ? [`and ${fatal.length - NAMED_OBJECTS} more`] : [];
  const grants = [...new Set(fatal.flatMap((each) => each.hint ?? []))];
  throw new RegressError(grants.length > 0 ? 'privilege' : 'snapshot', 'cannot read everything the planner reads', {
    detail: `${[...named, ...more].join('; ')}.`,
    hint:
      grants.length > 0
        ? [
            ...grants,
            ...(grants.some(readsAllData)
              ? ['or, without a privilege on any table: npx regress-pg init --grants']
              : []),
          ].join('; ')
        : 'Try again, or take what can be read: npx regress-pg snapshot --allow-partial',
  });
}
