import type { ExtendedStatistics, IndexStatistics, RelationSnapshot } from '../model/snapshot.ts';
import { quoteQualified } from '../postgres/index.ts';
import type { TargetCatalog, TargetIndex, TargetRelation } from './catalog.ts';
import type { AttributeTarget, StatisticsQueue, StatisticsWriter } from './column-statistics.ts';
import { addIndex, addRelation, addStatisticsObject, type Facts, isDefinedAlike } from './facts.ts';
import { isOfType, objectDifference } from './match.ts';
import { displayName } from './names.ts';

/** What restoring one relation needs of the whole. */
export interface Restoration extends StatisticsWriter {
  readonly catalog: TargetCatalog;
  readonly facts: Facts;
  readonly queue: StatisticsQueue;
  /** OIDs of the relations, indexes and statistics objects the snapshot knows. */
  readonly known: Set<number>;
}

const KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'partitioned table',
  m: 'materialized view',
  f: 'foreign table',
  S: 'sequence',
};

/** A relation in words, such as `table public.orders`. */
export function describeRelation(relation: { relkind: string; schemaname: string; relname: string }): string {
  return `${KINDS[relation.relkind] ?? 'relation'} ${displayName(relation.schemaname, relation.relname)}`;
}

/** Restores one relation of the snapshot with its indexes and statistics objects, as far as the target has them. */
export async function restoreRelation(restoration: Restoration, relation: RelationSnapshot): Promise<void> {
  const { catalog, facts, known, journal } = restoration;
  const target = catalog.relations.get(quoteQualified(relation.schemaname, relation.relname));
  if (target?.relkind !== relation.relkind) {
    journal.missing.push(describeRelation(relation));
    return;
  }
  known.add(target.oid);
  addRelation(facts, relation, target);
  journal.counts.relations += 1;
  noteOrderOfChildren(restoration, relation, target);
  const retyped = retypedColumns(restoration, relation, target);
  const rows = columnTargets(restoration, relation, target, retyped);
  for (const index of relation.indexes) rows.push(...restoreIndex(restoration, index, target, retyped));
  await restoration.queue.add(rows);
  for (const each of relation.extended_statistics) await restoreObject(restoration, each, target, retyped);
}

/** The planner appends plain inheritance children in the order of their OIDs: costs are equal, the plan's text is not. */
function noteOrderOfChildren({ journal }: Restoration, relation: RelationSnapshot, target: TargetRelation): void {
  const there = relation.children.filter((child) => target.children.includes(child));
  const here = target.children.filter((child) => relation.children.includes(child));
  if (there.join() === here.join()) return;
  const object = displayName(relation.schemaname, relation.relname);
  const message = `production made them as ${there.join(', ')}; here they were made as ${here.join(', ')}`;
  journal.refused.push({ object, what: 'order of children', message });
}

/** Columns of another type here: values of the old type would be taken for values of the new one. */
function retypedColumns(
  { journal }: Restoration,
  relation: RelationSnapshot,
  target: TargetRelation,
): ReadonlySet<string> {
  const retyped = new Set<string>();
  for (const { attname, type } of relation.columns) {
    const object = displayName(relation.schemaname, relation.relname, attname);
    const here = target.columns.get(attname);
    if (here === undefined) journal.missing.push(`column ${object}`);
    else if (!isOfType(type, here.type)) {
      retyped.add(attname);
      const message = `the column is ${type} in the snapshot and ${here.type} here`;
      journal.refused.push({ object, what: 'statistics', message });
    }
  }
  return retyped;
}

function columnTargets(
  { journal }: Restoration,
  relation: RelationSnapshot,
  target: TargetRelation,
  retyped: ReadonlySet<string>,
): AttributeTarget[] {
  return relation.statistics.flatMap((statistics) => {
    const column = target.columns.get(statistics.attname);
    if (column === undefined || retyped.has(statistics.attname)) return [];
    const object = displayName(relation.schemaname, relation.relname, statistics.attname);
    if (!relation.columns.some(({ attname }) => attname === statistics.attname)) {
      journal.refused.push({ object, what: 'statistics', message: 'the snapshot does not define the column' });
      return [];
    }
    const { attnum: staattnum } = column;
    return [{ object, starelid: target.oid, staattnum, stainherit: statistics.inherited, statistics }];
  });
}

/** Takes an index's figures; returns the statistics of its expressions. */
function restoreIndex(
  { facts, known, journal }: Restoration,
  index: IndexStatistics,
  table: TargetRelation,
  retyped: ReadonlySet<string>,
): AttributeTarget[] {
  const object = displayName(index.schemaname, index.indexname);
  const target = table.indexes.get(index.indexname);
  if (target?.relkind !== index.relkind) {
    // The planner does not see an invalid index, and a dump does not hold it.
    if (index.indisvalid) journal.missing.push(`index ${object}`);
    return [];
  }
  known.add(target.oid);
  journal.counts.rangeEnds += addIndex(facts, index, target);
  journal.counts.indexes += 1;
  const message = indexDifference(index, target, retyped);
  if (message !== null) {
    if (index.range !== null && !isDefinedAlike(index, target))
      journal.refused.push({ object, what: 'range ends', message });
    if (index.statistics.length > 0) journal.refused.push({ object, what: 'statistics', message });
    return [];
  }
  return index.statistics.map((statistics) => ({
    object: `${object} column ${statistics.attnum}`,
    starelid: target.oid,
    staattnum: statistics.attnum,
    stainherit: statistics.inherited,
    statistics,
  }));
}

/** Why the statistics of an index's expressions cannot serve the target's index of the same name. */
function indexDifference(index: IndexStatistics, target: TargetIndex, retyped: ReadonlySet<string>): string | null {
  if (!isDefinedAlike(index, target)) return `the index is defined otherwise here: ${target.definition}`;
  return retyped.size > 0 ? 'a column of the table is of another type here' : null;
}

async function restoreObject(
  restoration: Restoration,
  statistics: ExtendedStatistics,
  table: TargetRelation,
  retyped: ReadonlySet<string>,
): Promise<void> {
  const { facts, known, journal } = restoration;
  const object = displayName(statistics.schemaname, statistics.statistics_name);
  const target = table.statistics.get(quoteQualified(statistics.schemaname, statistics.statistics_name));
  if (target === undefined) {
    journal.missing.push(`statistics object ${object}`);
    return;
  }
  known.add(target.oid);
  addStatisticsObject(facts, statistics.ordinal, target);
  const message = objectDifference(statistics, target, retyped);
  if (message === null) await restoration.strategy.writeExtended(restoration, statistics, target);
  else journal.refused.push({ object, what: 'extended statistics', message });
}
