import type { Progress } from '../model/progress.ts';
import type { IndexStatistics, RelationSnapshot, Snapshot } from '../model/snapshot.ts';
import { withoutIndexName } from '../model/sql/index-definition.ts';
import { type Connection, DatabaseError, plainName, quoteIdent, quoteQualified } from '../postgres/index.ts';
import { DefinitionError, loadParser, type ProvenStatement, provenIndex, provenPartition } from '../sql/index.ts';

/** What can be created from the definitions in a snapshot. */
export type ProductionObject = 'partitions' | 'indexes';

/** Something to create, with the name it is told by and the file that defines it. */
interface Creation {
  readonly name: string;
  readonly file: string;
  /** Made where it is missing. */
  readonly schemaname: string | null;
  /** Throws DefinitionError. */
  prove(): ProvenStatement;
}

/** The settings under which the parser's proof of a text holds for the server, and names are found as they were printed. */
const SESSION_SQL = `SET search_path = ''; SET standard_conforming_strings = on; SET client_encoding = 'UTF8'`;

/**
 * Creates what production has and the schema so far lacks, from the snapshot's definitions: partitions of tables that are
 * there, to any depth, and indexes of tables that are there. Definitions are somebody's data: one that is not proven to
 * create its object and do nothing else is not sent. That, and what the server refuses, is told and stops nothing else. Returns what was created in words, such as `2 partitions and 1 index`; empty for nothing.
 */
export async function createFromProduction(
  connection: Connection,
  snapshot: Snapshot,
  wanted: readonly ProductionObject[],
  progress: Progress,
): Promise<string> {
  await loadParser();
  await connection.run(SESSION_SQL);
  const partitions = wanted.includes('partitions') ? await createPartitions(connection, snapshot, progress) : 0;
  const indexes = wanted.includes('indexes') ? await createIndexes(connection, snapshot, progress) : 0;
  return [
    ...(partitions > 0 ? [`${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`] : []),
    ...(indexes > 0 ? [`${indexes} ${indexes === 1 ? 'index' : 'indexes'}`] : []),
  ].join(' and ');
}

type Partition = Pick<RelationSnapshot, 'schemaname' | 'relname' | 'inherits' | 'partition_key' | 'file'> & {
  readonly partition_bound: string;
};

const EXISTING_RELATIONS_SQL = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm', 'f')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'regress_planner')
 ORDER BY 1`;

/** Parents before their children: each round creates those whose parent is there. */
async function createPartitions(connection: Connection, snapshot: Snapshot, progress: Progress): Promise<number> {
  const names = await connection.query<{ name: string }>(EXISTING_RELATIONS_SQL);
  const there = new Set(names.map(({ name }) => plainName(name)));
  let waiting: Partition[] = [];
  for await (const { schemaname, relname, inherits, partition_bound, partition_key, file } of snapshot.relations()) {
    if (partition_bound === null || there.has(`${schemaname}.${relname}`)) continue;
    const place = file === undefined ? {} : { file };
    waiting.push({ schemaname, relname, inherits, partition_bound, partition_key, ...place });
  }
  let created = 0;
  for (;;) {
    const next = waiting.filter(({ inherits }) => inherits.some((parent) => there.has(plainName(parent))));
    if (next.length === 0) break;
    waiting = waiting.filter((partition) => !next.includes(partition));
    for (const partition of next) {
      if (!(await create(connection, partitionCreation(partition), progress))) continue;
      created += 1;
      there.add(`${partition.schemaname}.${partition.relname}`);
    }
  }
  return created;
}

function partitionCreation({
  schemaname,
  relname,
  inherits,
  partition_bound,
  partition_key,
  file,
}: Partition): Creation {
  const quoted = quoteQualified(schemaname, relname);
  const parts = { parent: inherits[0] ?? '', bound: partition_bound, key: partition_key };
  return {
    name: `partition ${quoted}`,
    file: file ?? quoted,
    schemaname,
    prove: () => provenPartition(quoted, { schemaname, name: relname }, parts),
  };
}

const EXISTING_INDEXES_SQL = `
SELECT pg_catalog.format('%I.%I', n.nspname, t.relname) AS name, pg_catalog.pg_get_indexdef(i.indexrelid) AS definition
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
 WHERE t.relkind IN ('r', 'p', 'm')
 ORDER BY 1, 2`;

/**
 * Indexes of partitioned tables come first, from the top down, for each makes those of the partitions. One that is there
 * under another name, with the same definition, is not made again.
 */
async function createIndexes(connection: Connection, snapshot: Snapshot, progress: Progress): Promise<number> {
  let created = 0;
  const levels = await depths(snapshot);
  const deepest = Math.max(0, ...levels.values());
  for (let level = 0; level <= deepest + 1; level++) {
    const isWanted = (relkind: string, table: string) =>
      level > deepest ? relkind === 'i' : relkind === 'I' && (levels.get(table) ?? 0) === level;
    const creations = await missingIndexes(connection, snapshot, isWanted);
    for (const creation of creations) if (await create(connection, creation, progress)) created += 1;
  }
  return created;
}

/** How many tables are above each partition; as many as there are partitions for one below itself. */
async function depths(snapshot: Snapshot): Promise<Map<string, number>> {
  const parents = new Map<string, string>();
  for await (const { schemaname, relname, partition_bound, inherits } of snapshot.relations()) {
    if (partition_bound !== null) parents.set(`${schemaname}.${relname}`, plainName(inherits[0] ?? ''));
  }
  const depth = (table: string): number => {
    let above = 0;
    for (let each = parents.get(table); each !== undefined && above < parents.size; each = parents.get(each))
      above += 1;
    return above;
  };
  return new Map([...parents.keys()].map((table) => [table, depth(table)]));
}

async function existingIndexes(connection: Connection): Promise<Map<string, number>> {
  const there = new Map<string, number>();
  for (const { definition } of await connection.query<{ definition: string }>(EXISTING_INDEXES_SQL)) {
    const key = withoutIndexName(definition);
    there.set(key, (there.get(key) ?? 0) + 1);
  }
  return there;
}

async function missingIndexes(
  connection: Connection,
  snapshot: Snapshot,
  isWanted: (relkind: string, table: string) => boolean,
): Promise<Creation[]> {
  const there = await existingIndexes(connection);
  const names = await connection.query<{ name: string }>(EXISTING_RELATIONS_SQL);
  const tables = new Set(names.map(({ name }) => plainName(name)));
  const creations: Creation[] = [];
  for await (const relation of snapshot.relations()) {
    const table = `${relation.schemaname}.${relation.relname}`;
    if (!tables.has(table)) continue;
    for (const index of relation.indexes) {
      if (!isWanted(index.relkind, table) || !index.indisvalid) continue;
      const key = withoutIndexName(index.definition);
      const count = there.get(key) ?? 0;
      if (count > 0) there.set(key, count - 1);
      else creations.push(indexCreation(relation, index));
    }
  }
  return creations;
}

function indexCreation({ schemaname, relname, file }: RelationSnapshot, index: IndexStatistics): Creation {
  const quoted = quoteQualified(index.schemaname, index.indexname);
  return {
    name: `index ${quoted}`,
    file: file ?? quoted,
    schemaname: null,
    prove: () => provenIndex(index.definition, index.indexname, { schemaname, name: relname }),
  };
}

/** Functions of PostgreSQL's own that are not immutable: among them those that read files, run SQL and change the server. */
const MUTABLE_SQL = `
SELECT p.proname AS name FROM pg_catalog.pg_proc p
WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND p.proname = ANY ($1::pg_catalog.text[])
GROUP BY p.proname HAVING NOT pg_catalog.bool_or(p.provolatile = 'i')
ORDER BY p.proname`;

/** Throws DefinitionError for a call that no index or partition key of PostgreSQL can hold, before a server would see it. */
async function requireImmutable(connection: Connection, { calls }: ProvenStatement): Promise<void> {
  const own = calls.filter(({ schemaname }) => schemaname === null || schemaname === 'pg_catalog');
  if (own.length === 0) return;
  const [mutable] = await connection.query<{ name: string }>(MUTABLE_SQL, [own.map(({ name }) => name)]);
  if (mutable !== undefined) throw new DefinitionError(`it calls ${mutable.name}(), which is not immutable`);
}

async function create(connection: Connection, creation: Creation, progress: Progress): Promise<boolean> {
  const { name, file, schemaname } = creation;
  try {
    const proven = creation.prove();
    await requireImmutable(connection, proven);
    if (schemaname !== null) await connection.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schemaname)}`);
    await connection.query(proven.sql);
    progress.advance();
    return true;
  } catch (error) {
    if (error instanceof DefinitionError)
      progress.warn(`${name} of production is not created: ${error.message} (${file})`);
    else if (error instanceof DatabaseError)
      progress.warn(`${name} of production could not be created: ${error.message}`);
    else throw error;
    return false;
  }
}
