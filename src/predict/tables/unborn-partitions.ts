import type { TargetRelation } from '../../catalog/index.ts';
import { displayName } from '../../catalog/index.ts';
import type { ColumnStatistics, RelationSnapshot, Snapshot, StatisticsSlot } from '../../model/snapshot.ts';
import { withoutIndexName } from '../../model/sql/index-definition.ts';
import type { Connection } from '../../postgres/index.ts';
import { quoteQualified } from '../../postgres/index.ts';
import type { PredictedIndex, PredictedTable, TargetObjects } from '../prediction.ts';
import { makeShift, type Shift } from './partition-shift.ts';

interface UnbornPartition {
  readonly oid: number;
  /** Quoted, qualified name of the parent. */
  readonly parent: string;
  /** pg_get_expr of its bound. */
  readonly bound: string;
}

const PARTITIONS_SQL = `
SELECT c.oid, pg_catalog.format('%I.%I', pn.nspname, p.relname) AS parent, pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_class p ON p.oid = i.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.oid = ANY ($1::pg_catalog.oid[]) AND c.relispartition AND c.relkind = 'r' AND i.inhparent = ANY ($2::pg_catalog.oid[])
ORDER BY c.oid`;

/**
 * Partitions that production does not have yet, with the statistics and sizes of their newest sibling there and the
 * values of the partition key moved by as much as the bounds are.
 */
export async function predictPartitions(
  connection: Connection,
  { catalog, known }: TargetObjects,
  snapshot: Snapshot,
): Promise<PredictedTable[]> {
  const all = [...catalog.relations.values()];
  const unknown = all.filter(({ oid, relkind }) => relkind === 'r' && !known.has(oid)).map(({ oid }) => oid);
  const parents = all.filter(({ oid, relkind }) => relkind === 'p' && known.has(oid)).map(({ oid }) => oid);
  if (unknown.length === 0 || parents.length === 0) return [];
  const unborn = await connection.query<UnbornPartition>(PARTITIONS_SQL, [unknown, parents]);
  if (unborn.length === 0) return [];
  const { keys, siblings } = await readFamilies(snapshot, new Set(unborn.map(({ parent }) => parent)));
  const predicted: PredictedTable[] = [];
  for (const partition of unborn) {
    const sibling = newest(siblings.get(partition.parent) ?? []);
    const target = all.find(({ oid }) => oid === partition.oid);
    if (sibling === null || target === undefined) continue;
    const shift = makeShift(connection, keys.get(partition.parent) ?? null, sibling, partition.bound, target);
    predicted.push(await asSibling(sibling, target, shift));
  }
  return predicted;
}

async function readFamilies(snapshot: Snapshot, parents: ReadonlySet<string>) {
  const keys = new Map<string, string | null>();
  const siblings = new Map<string, RelationSnapshot[]>();
  for await (const relation of snapshot.relations()) {
    const name = [...parents].find((parent) => isNamed(relation, parent));
    if (name !== undefined) keys.set(name, relation.partition_key);
    for (const parent of relation.inherits) {
      const known = [...parents].find((each) => plain(each) === plain(parent));
      if (known !== undefined && relation.relkind === 'r')
        siblings.set(known, [...(siblings.get(known) ?? []), relation]);
    }
  }
  return { keys, siblings };
}

function isNamed({ schemaname, relname }: RelationSnapshot, quoted: string): boolean {
  return plain(quoteQualified(schemaname, relname)) === plain(quoted);
}

/** Names are quoted always here and where they must be there. */
function plain(quoted: string): string {
  return quoted.replaceAll('"', '');
}

/** The partition with rows whose bound begins last; for lists and hashes, the largest. */
function newest(siblings: readonly RelationSnapshot[]): RelationSnapshot | null {
  const filled = siblings.filter(
    ({ reltuples, pages, partition_bound }) => reltuples > 0 && pages !== null && partition_bound !== 'DEFAULT',
  );
  const begins = ({ partition_bound }: RelationSnapshot) =>
    /FROM \('?(-?[^',)]+)/.exec(partition_bound ?? '')?.[1] ?? '';
  const ranged = filled.filter((sibling) => begins(sibling) !== '' && begins(sibling) !== 'MINVALUE');
  const candidates = ranged.length > 0 ? ranged : filled;
  const byBound = (a: RelationSnapshot, b: RelationSnapshot) =>
    begins(a).localeCompare(begins(b), 'en', { numeric: true });
  const bySize = (a: RelationSnapshot, b: RelationSnapshot) => a.reltuples - b.reltuples;
  return [...candidates].sort(ranged.length > 0 ? byBound : bySize).at(-1) ?? null;
}

async function asSibling(sibling: RelationSnapshot, target: TargetRelation, shift: Shift): Promise<PredictedTable> {
  const statistics: ColumnStatistics[] = [];
  for (const each of sibling.statistics) {
    if (!target.columns.has(each.attname)) continue;
    const slots: StatisticsSlot[] = [];
    for (const slot of each.slots) slots.push(await shift.slot(each.attname, slot));
    statistics.push({ ...each, slots });
  }
  const from = displayName(sibling.schemaname, sibling.relname);
  const { schemaname, relname } = target;
  return {
    target,
    relation: { ...sibling, schemaname, relname, statistics },
    indexes: await indexesAsSibling(sibling, target, shift),
    basis: [`A partition that production does not have: it has the statistics and sizes of ${from}.`, ...shift.basis],
  };
}

/** Indexes of siblings have one definition but for the names; any other is left to the models. */
async function indexesAsSibling(
  sibling: RelationSnapshot,
  target: TargetRelation,
  shift: Shift,
): Promise<PredictedIndex[]> {
  const shapeOf = (definition: string, { schemaname, relname }: { schemaname: string; relname: string }) =>
    plain(withoutIndexName(definition)).replace(` ON ${schemaname}.${relname} `, () => ' ON ');
  const free = new Set(target.indexes.values());
  const predicted: PredictedIndex[] = [];
  for (const index of sibling.indexes) {
    const wanted = shapeOf(index.definition, sibling);
    const here = [...free].find(({ definition }) => shapeOf(definition, target) === wanted);
    if (here === undefined || index.pages === null) continue;
    free.delete(here);
    const range = index.range === null ? null : await shift.range(index);
    const { indexname, definition } = here;
    predicted.push({
      target: here,
      index: { ...index, schemaname: target.schemaname, indexname, definition, range },
    });
  }
  return predicted;
}
