import { withoutIndexName } from '../model/index-definition.ts';
import type { Progress } from '../model/progress.ts';
import type { RelationSnapshot, Snapshot } from '../model/snapshot.ts';
import { type Connection, DatabaseError, plainName, quoteIdent, quoteQualified } from '../postgres/index.ts';

/** What can be created from the definitions in a snapshot. */
export type ProductionObject = 'partitions' | 'indexes';

/** Something to create, with the name it is told by. */
interface Creation {
  readonly name: string;
  readonly sql: string;
}

/**
 * Creates what production has and the schema so far lacks, from the snapshot's definitions: partitions of tables that are
 * there, to any depth, and indexes of tables that are there. What the server refuses is told and stops
 * nothing else. Returns what was created in words, such as `2 partitions and 1 index`; empty for nothing.
 */
export async function createFromProduction(
  connection: Connection,
  snapshot: Snapshot,
  wanted: readonly ProductionObject[],
  progress: Progress,
): Promise<string> {
  await connection.run(`SET search_path = ''`);
  const partitions = wanted.includes('partitions') ? await createPartitions(connection, snapshot, progress) : 0;
  const indexes = wanted.includes('indexes') ? await createIndexes(connection, snapshot, progress) : 0;
  return [
    ...(partitions > 0 ? [`${partitions} ${partitions === 1 ? 'partition' : 'partitions'}`] : []),
    ...(indexes > 0 ? [`${indexes} ${indexes === 1 ? 'index' : 'indexes'}`] : []),
  ].join(' and ');
}

type Partition = Pick<RelationSnapshot, 'schemaname' | 'relname' | 'inherits' | 'partition_bound' | 'partition_key'>;

const EXISTING_RELATIONS_SQL = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm', 'f')
 ORDER BY 1`;

/** Parents before their children: each round creates those whose parent is there. */
async function createPartitions(connection: Connection, snapshot: Snapshot, progress: Progress): Promise<number> {
  const names = await connection.query<{ name: string }>(EXISTING_RELATIONS_SQL);
  const there = new Set(names.map(({ name }) => plainName(name)));
  let waiting: Partition[] = [];
  for await (const { schemaname, relname, inherits, partition_bound, partition_key } of snapshot.relations()) {
    if (partition_bound === null || there.has(`${schemaname}.${relname}`)) continue;
    waiting.push({ schemaname, relname, inherits, partition_bound, partition_key });
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

function partitionCreation({ schemaname, relname, inherits, partition_bound, partition_key }: Partition): Creation {
  const name = quoteQualified(schemaname, relname);
  const key = partition_key === null ? '' : ` PARTITION BY ${partition_key}`;
  return {
    name: `partition ${name}`,
    sql: `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schemaname)}; CREATE TABLE ${name} PARTITION OF ${inherits[0]} ${partition_bound}${key}`,
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

/** How many tables are above each partition. */
async function depths(snapshot: Snapshot): Promise<Map<string, number>> {
  const parents = new Map<string, string>();
  for await (const { schemaname, relname, partition_bound, inherits } of snapshot.relations()) {
    if (partition_bound !== null) parents.set(`${schemaname}.${relname}`, plainName(inherits[0] ?? ''));
  }
  const depth = (table: string): number => {
    const parent = parents.get(table);
    return parent === undefined ? 0 : 1 + depth(parent);
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
      else creations.push(indexCreation(index.schemaname, index.indexname, index.definition));
    }
  }
  return creations;
}

/** pg_get_indexdef prints ONLY for a partitioned table; without it the partitions get theirs too. */
function indexCreation(schemaname: string, indexname: string, definition: string): Creation {
  const name = `index ${quoteQualified(schemaname, indexname)}`;
  return { name, sql: definition.replace(/^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")+"|\S+) ON )ONLY /, '$1') };
}

async function create(connection: Connection, { name, sql }: Creation, progress: Progress): Promise<boolean> {
  try {
    await connection.run(sql);
    progress.advance();
    return true;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    progress.warn(`${name} of production could not be created: ${error.message}`);
    return false;
  }
}
