import type { TargetRelation } from '../../catalog/index.ts';
import { displayName } from '../../catalog/index.ts';
import type { IndexStatistics, RelationSnapshot, Snapshot, StatisticsSlot } from '../../model/snapshot.ts';
import { withoutIndexName } from '../../model/sql/index-definition.ts';
import type { Connection } from '../../postgres/index.ts';
import { quoteQualified } from '../../postgres/index.ts';
import type { Restoration } from '../../restore/index.ts';
import { addIndex, addRelation } from '../../restore/index.ts';
import type { Estimates } from '../indexes/index-estimate.ts';
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
 * Gives partitions that production does not have yet the statistics and sizes of their newest sibling there, with the
 * values of the partition key moved by as much as the bounds are. Wants all relations of the snapshot restored.
 */
export async function borrowForPartitions(
  connection: Connection,
  restoration: Restoration,
  snapshot: Snapshot,
  estimates: Estimates,
): Promise<void> {
  const { catalog, known } = restoration;
  const all = [...catalog.relations.values()];
  const unknown = all.filter(({ oid, relkind }) => relkind === 'r' && !known.has(oid)).map(({ oid }) => oid);
  const parents = all.filter(({ oid, relkind }) => relkind === 'p' && known.has(oid)).map(({ oid }) => oid);
  if (unknown.length === 0 || parents.length === 0) return;
  const unborn = await connection.query<UnbornPartition>(PARTITIONS_SQL, [unknown, parents]);
  if (unborn.length === 0) return;
  const { keys, siblings } = await readFamilies(snapshot, new Set(unborn.map(({ parent }) => parent)));
  for (const partition of unborn) {
    const sibling = newest(siblings.get(partition.parent) ?? []);
    const target = all.find(({ oid }) => oid === partition.oid);
    if (sibling === null || target === undefined) continue;
    const shift = makeShift(connection, keys.get(partition.parent) ?? null, sibling, partition.bound, target);
    await borrow(restoration, sibling, target, shift, estimates);
  }
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

async function borrow(
  restoration: Restoration,
  sibling: RelationSnapshot,
  target: TargetRelation,
  shift: Shift,
  estimates: Estimates,
): Promise<void> {
  const { facts, queue } = restoration;
  addRelation(facts, sibling, target);
  const from = displayName(sibling.schemaname, sibling.relname);
  const basis = [
    `A partition that production does not have: it has the statistics and sizes of ${from}.`,
    ...shift.basis,
  ];
  const relation = facts.relations.find(({ relid }) => relid === target.oid);
  estimates.set(target.oid, { pages: relation?.pages ?? 0, tuples: sibling.reltuples, tree_height: null, basis });
  const rows = [];
  for (const statistics of sibling.statistics) {
    const column = target.columns.get(statistics.attname);
    if (column === undefined) continue;
    const slots: StatisticsSlot[] = [];
    for (const slot of statistics.slots) slots.push(await shift.slot(statistics.attname, slot));
    const object = displayName(target.schemaname, target.relname, statistics.attname);
    const place = {
      object,
      origin: { file: sibling.file, schemaname: target.schemaname, relname: target.relname },
      starelid: target.oid,
      staattnum: column.attnum,
      stainherit: statistics.inherited,
    };
    rows.push({ ...place, statistics: { ...statistics, slots } });
  }
  await queue.add(rows);
  for (const index of sibling.indexes)
    await borrowIndex(restoration, sibling, index, { target, shift, basis, estimates });
}

interface Borrower {
  readonly target: TargetRelation;
  readonly shift: Shift;
  readonly basis: readonly string[];
  readonly estimates: Estimates;
}

/** Indexes of siblings have one definition but for the names; any other is left to the models. */
async function borrowIndex(
  { facts, queue }: Restoration,
  sibling: RelationSnapshot,
  index: IndexStatistics,
  { target, shift, basis, estimates }: Borrower,
): Promise<void> {
  const shapeOf = (definition: string, { schemaname, relname }: { schemaname: string; relname: string }) =>
    plain(withoutIndexName(definition)).replace(` ON ${schemaname}.${relname} `, () => ' ON ');
  const wanted = shapeOf(index.definition, sibling);
  const here = [...target.indexes.values()].find(
    ({ oid, definition }) => !estimates.has(oid) && shapeOf(definition, target) === wanted,
  );
  if (here === undefined || index.pages === null) return;
  const range = index.range === null ? null : await shift.range(index);
  addIndex(facts, { ...index, range, definition: here.definition }, here);
  const rows = index.statistics.map((statistics) => ({
    object: `${displayName(target.schemaname, here.indexname)} column ${statistics.attnum}`,
    origin: { file: sibling.file, schemaname: target.schemaname, relname: target.relname },
    starelid: here.oid,
    staattnum: statistics.attnum,
    stainherit: statistics.inherited,
    statistics,
  }));
  await queue.add(rows);
  const { pages, reltuples, tree_height } = index;
  estimates.set(here.oid, { pages, tuples: index.partial ? reltuples : sibling.reltuples, tree_height, basis });
}
