import type { Progress } from '../model/progress.ts';
import type { IndexStatistics, RelationSnapshot, Snapshot } from '../model/snapshot.ts';
import { withoutIndexName } from '../model/sql/index-definition.ts';
import { type Connection, DatabaseError, plainName, quoteIdent, quoteQualified } from '../postgres/index.ts';
import { DefinitionError, loadParser, type ProvenStatement, provenIndex, provenPartition } from '../sql/index.ts';

/** Kinds of objects that can be created from the definitions in a snapshot. */
export type ProductionObject = 'partitions' | 'indexes';

/** An object to create, with its name in messages and the file that defines it. */
interface Creation {
  readonly name: string;
  readonly file: string;
  /** The schema to create first if it is missing. */
  readonly schemaname: string | null;
  /** Builds the statement and proves it. Throws DefinitionError. */
  prove(): ProvenStatement;
}

/** Settings that make the parser's proof valid for the server, and that resolve names as they were printed. */
const SESSION_SQL = `SET search_path = ''; SET standard_conforming_strings = on; SET client_encoding = 'UTF8'`;

/**
 * Creates production's objects that the schema lacks so far, from the snapshot's definitions: partitions of existing
 * tables, to any depth, and indexes of existing tables. A snapshot may come from anybody, so a definition is sent only
 * if it is proven to create its object and to do nothing else. An unproven definition, or an error of the server,
 * becomes a warning; the others continue. Returns what was created in words, such as `2 partitions and 1 index`; empty
 * if nothing was.
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

/** Creates parents before children: each round creates the partitions whose parent exists. */
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
 * Creates indexes of partitioned tables first, from the top down, because each creates those of the partitions. Skips
 * an index that exists with the same definition under another name.
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

/** The number of tables above each partition. For one that is its own ancestor, the number of partitions. */
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

/** PostgreSQL's own functions that are not immutable, such as those that read files, run SQL or change the server. */
const MUTABLE_SQL = `
SELECT p.proname AS name FROM pg_catalog.pg_proc p
WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND p.proname = ANY ($1::pg_catalog.text[])
GROUP BY p.proname HAVING NOT pg_catalog.bool_or(p.provolatile = 'i')
ORDER BY p.proname`;

/** Throws DefinitionError for a call that an index or partition key cannot contain, before the server sees it. */
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
      progress.warn(`${name} of production was not created: ${error.message} (${file})`);
    else if (error instanceof DatabaseError)
      progress.warn(`${name} of production could not be created: ${error.message}`);
    else throw error;
    return false;
  }
}
