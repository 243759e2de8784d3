import { dialectOf, readRoleSettings, readRoles, readServer, readSettings } from '../environment/index.ts';
import { RegressError } from '../model/errors.ts';
import type { ProductionPlan } from '../model/production-plan.ts';
import type { Progress } from '../model/progress.ts';
import { type Manifest, type RelationSnapshot, SNAPSHOT_FORMAT_VERSION, type Unreadable } from '../model/snapshot.ts';
import { type Connection, quoteQualified, serverVersion } from '../postgres/index.ts';
import { compareCodePoints, manifestDigest, readableJson, sha256 } from './canonical.ts';
import { type CaptureContext, captureRelations } from './capture.ts';
import { withObjectNames } from './catalog-names.ts';
import { coverageCount, coverageOf } from './coverage.ts';
import { readMetapageAccess } from './metapages.ts';
import { CATALOGS_FOLDER, MANIFEST_FILE, PLANS_FILE, RELATIONS_FOLDER, relationPath } from './paths.ts';
import { capturePlans, type PlanRequest } from './plans.ts';
import { readPrivileges } from './privileges.ts';
import { CATALOG_LIST_SQL, type ListedRelation, RELATION_LIST_SQL } from './relations.ts';
import { readUnsendableTypes } from './statistics.ts';
import { inTransaction, SESSION_SETTINGS_SQL, transactionCount } from './transaction.ts';
import { openWriter, type SnapshotWriter } from './writer.ts';

export interface SnapshotOptions {
  /** False: nothing that is a column's value is read or written. */
  readonly values: boolean;
  /** True: also what the planner reads of the system catalogs. */
  readonly systemCatalogs?: boolean;
  /** True: what cannot be read is only noted. */
  readonly allowPartial: boolean;
  readonly progress: Progress;
  /** Plans to ask production for at last; none: no plans are taken. */
  readonly plans?: () => Promise<readonly PlanRequest[]>;
  /** Called with the plans, and what the source said where it made none. */
  readonly onPlans?: (plans: readonly ProductionPlan[]) => void;
  /** Is shown every relation as it is written. */
  readonly onRelation?: (relation: RelationSnapshot) => void;
  /** Version of regress, for the manifest. */
  readonly regressVersion: string;
}

/**
 * Reads what the planner of the connection's database reads and writes it to `directory`, which is replaced as a whole or
 * not touched. Throws RegressError `privilege` where the role may not read statistics, `snapshot` where the directory
 * holds something else, and DatabaseError.
 */
export async function takeSnapshot(
  connection: Connection,
  directory: string,
  options: SnapshotOptions,
): Promise<Manifest> {
  const writer = await openWriter(directory);
  try {
    const read = await inTransaction(connection, () => capture(connection, writer, options));
    const complete = { ...read, ...(await writePlans(connection, writer, options)) };
    const manifest: Manifest = { ...complete, digest: manifestDigest(complete) };
    await writer.write(MANIFEST_FILE, readableJson(manifest));
    await writer.commit();
    return manifest;
  } finally {
    await writer.discard();
  }
}

/** All that is read in one transaction: the manifest but for the plans, and its digest. */
async function capture(
  connection: Connection,
  writer: SnapshotWriter,
  options: SnapshotOptions,
): Promise<Omit<Manifest, 'digest'>> {
  const version = await serverVersion(connection);
  const dialect = dialectOf(version.major);
  const settings = await readSettings(connection, dialect);
  await connection.run(SESSION_SETTINGS_SQL);
  const access = await readMetapageAccess(connection);
  const privileges = await readPrivileges(connection, dialect, options.values, access, options.systemCatalogs);
  const { server, ...facts } = await readServer(connection, version, dialect, privileges.role);
  const unreadable = [...privileges.unreadable, ...facts.unreadable];
  refusePartial(unreadable, options);
  const role_settings = await readRoleSettings(connection, Object.keys(settings));
  const context: CaptureContext = {
    dialect,
    privileges,
    access,
    blockSize: server.block_size,
    values: options.values,
    unsendable: await readUnsendableTypes(connection),
    elementTypes: true,
    inRecovery: facts.inRecovery,
    unreadable,
  };
  const count = coverageCount(options.values);
  const files = await writeRelations(connection, writer, context, options, RELATIONS, count.add);
  const catalogs = options.systemCatalogs
    ? await writeRelations(connection, writer, context, options, SYSTEM_CATALOGS)
    : null;
  if (server.encoding === 'SQL_ASCII') {
    unreadable.push(...[...files.garbled, ...(catalogs?.garbled ?? [])].map(garbledValues));
  }
  refusePartial(unreadable, options);
  return {
    formatVersion: SNAPSHOT_FORMAT_VERSION,
    regress: options.regressVersion,
    capturedAt: facts.capturedAt,
    server,
    settings,
    role_settings,
    role: privileges.role,
    roles: await readRoles(connection),
    tablespaces: facts.tablespaces,
    default_tablespace: facts.default_tablespace,
    values: options.values,
    ...(transactionCount(connection) > 1 && { transactions: transactionCount(connection) }),
    coverage: await coverageOf(connection, privileges, count),
    unreadable: unreadable.sort((a, b) => compareCodePoints(`${a.object} ${a.what}`, `${b.object} ${b.what}`)),
    files: files.digests,
    ...(catalogs !== null && { catalogs: catalogs.digests }),
  };
}

/** The digest of the file of plans, under its key in the manifest. */
async function writePlans(
  connection: Connection,
  writer: SnapshotWriter,
  { plans, onPlans, progress }: SnapshotOptions,
): Promise<{ readonly plans?: string }> {
  if (plans === undefined) return {};
  const requests = await plans();
  progress.start('planning', requests.length);
  const taken = await capturePlans(connection, requests, () => progress.advance());
  const content = readableJson(taken);
  await writer.write(PLANS_FILE, content);
  const planned = taken.filter(({ plan }) => plan !== null).length;
  const count = planned === taken.length ? `${planned}` : `${planned} of ${taken.length}`;
  progress.done(`planned ${count} ${taken.length === 1 ? 'query' : 'queries'}`);
  onPlans?.(taken);
  return { plans: sha256(content) };
}

interface WrittenFiles {
  /** sha256 by path. */
  readonly digests: Readonly<Record<string, string>>;
  /** Relations with text that was not UTF-8. */
  readonly garbled: readonly string[];
}

const RELATIONS = { list: RELATION_LIST_SQL, folder: RELATIONS_FOLDER, names: ['relation', 'relations'] } as const;
const SYSTEM_CATALOGS = {
  list: CATALOG_LIST_SQL,
  folder: CATALOGS_FOLDER,
  names: ['system catalog', 'system catalogs'],
} as const;

async function writeRelations(
  connection: Connection,
  writer: SnapshotWriter,
  context: CaptureContext,
  { progress, onRelation }: SnapshotOptions,
  { list, folder, names: [one, many] }: typeof RELATIONS | typeof SYSTEM_CATALOGS,
  seen?: (relation: RelationSnapshot) => void,
): Promise<WrittenFiles> {
  const relations = await connection.query<ListedRelation>(list);
  progress.start(`reading statistics of ${many}`, relations.length);
  const digests: Record<string, string> = {};
  const garbled: string[] = [];
  for await (const captured of captureRelations(connection, relations, context)) {
    const relation = folder === CATALOGS_FOLDER ? await withObjectNames(connection, captured) : captured;
    const path = relationPath(relation.schemaname, relation.relname, folder);
    seen?.(relation);
    const content = readableJson(relation);
    if (content.includes(REPLACEMENT)) garbled.push(quoteQualified(relation.schemaname, relation.relname));
    await writer.write(path, content);
    digests[path] = sha256(content);
    onRelation?.(relation);
    progress.advance();
  }
  const count = Object.keys(digests).length;
  progress.done(`read the statistics of ${count} ${count === 1 ? one : many}`);
  return { digests, garbled };
}

/** What stands for bytes that are not UTF-8; only a SQL_ASCII database sends such bytes. */
const REPLACEMENT = '\uFFFD';

function garbledValues(object: string): Unreadable {
  return {
    object,
    what: 'values',
    reason: 'the database has encoding SQL_ASCII and some of the values are not UTF-8',
    hint: null,
    fatal: false,
  };
}

/** Names at most so many objects in a message. */
const NAMED_OBJECTS = 10;

/** Of what a role may read, the most; the helper functions need less. */
function readsAllData(grant: string): boolean {
  return grant.startsWith('GRANT pg_read_all_data ');
}

/** Throws for what cannot be read and would make plans inexact, unless that was allowed. */
function refusePartial(unreadable: readonly Unreadable[], options: SnapshotOptions): void {
  const fatal = unreadable.filter((each) => each.fatal);
  if (fatal.length === 0 || options.allowPartial) return;
  const named = fatal.slice(0, NAMED_OBJECTS).map((each) => `${each.what} of ${each.object}: ${each.reason}`);
  const more = fatal.length > NAMED_OBJECTS ? [`and ${fatal.length - NAMED_OBJECTS} more`] : [];
  const grants = [...new Set(fatal.flatMap((each) => each.hint ?? []))];
  throw new RegressError(grants.length > 0 ? 'privilege' : 'snapshot', 'cannot read all that the planner reads', {
    detail: `${[...named, ...more].join('; ')}.`,
    hint:
      grants.length > 0
        ? [
            ...grants,
            ...(grants.some(readsAllData) ? ['or without a right on any table: regress init --grants'] : []),
          ].join('; ')
        : 'Try again, or take what can be read: regress snapshot --allow-partial',
  });
}
