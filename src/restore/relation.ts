import type { TargetIndex, TargetRelation } from '../catalog/index.ts';
import {
  describeRelation,
  displayName,
  hasSameDefinition,
  isOfType,
  matchIndexes,
  statisticsObjectMismatch,
} from '../catalog/index.ts';
import type { IndexStatistics, RelationSnapshot } from '../model/snapshot.ts';
import type { ExtendedStatistics } from '../model/statistics.ts';
import { quoteIdent, quoteQualified } from '../postgres/index.ts';
import { convertStatistics, isSameFamily } from '../predict/index.ts';
import type { AttributeTarget } from './catalogs/strategy.ts';
import type { Journal, Origin } from './journal.ts';
import { indexTargets } from './predictions.ts';
import { provenExtended } from './proofs/prove-extended.ts';
import type { Restoration } from './restore-state.ts';
import { addIndex, addRelation, addStatisticsObject } from './side-data/facts.ts';

/** Restores one relation of the snapshot, and those of its indexes and statistics objects that the target has. */
export async function restoreRelation(restoration: Restoration, relation: RelationSnapshot): Promise<void> {
  const { catalog, facts, found, writer } = restoration;
  const { journal } = writer;
  const target = catalog.relations.get(quoteQualified(relation.schemaname, relation.relname));
  const { schemaname, relname } = relation;
  if (relation.inherits.length > 0) {
    found.parents.set(`${schemaname}.${relname}`, relation.inherits);
  }
  if (target?.relkind !== relation.relkind) {
    const kind = relation.inherits.length > 0 ? 'partition' : 'relation';
    journal.missing.push({ kind, schemaname, relname, description: describeRelation(relation) });
    return;
  }
  found.known.add(target.oid);
  addRelation(facts, relation, target);
  journal.counts.relations += 1;
  reportChildOrder(journal, relation, target);
  reportHashedLabels(journal, target);
  const retyped = retypedColumns(journal, relation, target);
  const rows = columnTargets(journal, relation, target, retyped);
  const ranges = relation.indexes.filter((index) => index.range !== null && !leadsWithLost(index, retyped));
  found.ranges.set(target.oid, ranges);
  const matches = matchIndexes(relation.indexes, target.indexes);
  for (const index of relation.indexes) {
    const match = matches.get(index);
    if (match !== undefined)
      rows.push(...restoreIndex(restoration, index, match, { retyped, origin: originOf(relation) }));
    // The planner ignores an invalid index, and pg_dump leaves it out.
    else if (index.indisvalid) {
      const description = `index ${displayName(index.schemaname, index.indexname)}`;
      journal.missing.push({ kind: 'index', schemaname, relname, description });
    }
  }
  await restoration.queue.add(rows);
  for (const each of relation.extended_statistics)
    await restoreObject(restoration, each, target, { retyped, origin: originOf(relation) });
}

function originOf({ file, schemaname, relname }: RelationSnapshot): Origin {
  return { file, schemaname, relname };
}

/**
 * The planner appends inheritance children in the order of their OIDs. The order changes a plan's text, not its cost.
 */
function reportChildOrder(journal: Journal, relation: RelationSnapshot, target: TargetRelation): void {
  const there = relation.children.filter((child) => target.children.includes(child));
  const here = target.children.filter((child) => relation.children.includes(child));
  if (there.join() === here.join()) return;
  const object = displayName(relation.schemaname, relation.relname);
  const message = `production created them in the order ${there.join(', ')}; the target in the order ${here.join(', ')}`;
  journal.refused.push({ object, what: 'order of children', message });
}

/** Enum labels have other OIDs in each database, and partitioning by hash uses the OID (hashenum, hashfunc.c). */
function reportHashedLabels(journal: Journal, target: TargetRelation): void {
  if (!target.hashes_labels) return;
  const object = displayName(target.schemaname, target.relname);
  const message =
    'it is partitioned by the hash of an enum, whose labels have other OIDs in production: other partitions are pruned';
  journal.refused.push({ object, what: 'partitions of enum labels', message });
}

/** Columns that have another type in the target; true if their values have the same text and order in that type. */
function retypedColumns(
  journal: Journal,
  relation: RelationSnapshot,
  target: TargetRelation,
): ReadonlyMap<string, boolean> {
  const retyped = new Map<string, boolean>();
  for (const { attname, type } of relation.columns) {
    const object = displayName(relation.schemaname, relation.relname, attname);
    const here = target.columns.get(attname);
    const about = { schemaname: relation.schemaname, relname: relation.relname };
    if (here === undefined) journal.missing.push({ kind: 'column', ...about, description: `column ${object}` });
    else if (!isOfType(type, here.type)) {
      retyped.set(attname, isSameFamily(type, here.type));
      const description = `column ${object} of type ${type} (${here.type} in the target)`;
      journal.missing.push({ kind: 'column type', ...about, description });
    }
  }
  return retyped;
}

function columnTargets(
  journal: Journal,
  relation: RelationSnapshot,
  target: TargetRelation,
  retyped: ReadonlyMap<string, boolean>,
): AttributeTarget[] {
  return relation.statistics.flatMap((statistics) => {
    const column = target.columns.get(statistics.attname);
    if (column === undefined) return [];
    const object = displayName(relation.schemaname, relation.relname, statistics.attname);
    const defined = relation.columns.find(({ attname }) => attname === statistics.attname);
    if (defined === undefined) {
      journal.refused.push({ object, what: 'statistics', message: 'the snapshot has no definition of the column' });
      return [];
    }
    const { attnum: staattnum } = column;
    const place = {
      object,
      origin: originOf(relation),
      starelid: target.oid,
      staattnum,
      stainherit: statistics.inherited,
    };
    if (!retyped.has(statistics.attname)) return [{ ...place, statistics }];
    const converted = convertStatistics(statistics, defined.type, column.type, column.length);
    if (converted.dropped.length > 0) {
      const message = `the column has type ${defined.type} in the snapshot and ${column.type} in the target; kept: ${converted.kept.join(', ')}`;
      journal.refused.push({ object, what: converted.dropped.join(', '), message });
    }
    return [{ ...place, statistics: converted.statistics }];
  });
}

/** Adds an index's figures. Returns the statistics of its expressions. */
function restoreIndex(
  { facts, found: { known, changed }, writer: { journal } }: Restoration,
  index: IndexStatistics,
  target: TargetIndex,
  { retyped, origin }: { readonly retyped: ReadonlyMap<string, boolean>; readonly origin: Origin },
): AttributeTarget[] {
  const object = displayName(index.schemaname, index.indexname);
  const hasEnds = !leadsWithLost(index, retyped);
  if (!hasSameDefinition(index, target) && target.relkind === 'i') changed.set(target.oid, index);
  else known.add(target.oid);
  if (!changed.has(target.oid))
    journal.counts.rangeEnds += addIndex(facts, hasEnds ? index : { ...index, range: null }, target);
  journal.counts.indexes += 1;
  const message = indexDifference(index, target, retyped);
  if (message !== null) {
    if (index.range !== null && (!hasEnds || !hasSameDefinition(index, target)))
      journal.refused.push({ object, what: 'range ends', message });
    if (index.statistics.length > 0) journal.refused.push({ object, what: 'statistics', message });
    return [];
  }
  return indexTargets(index, target, origin);
}

/** True if the index's first column changed to a type in which its values have another text or order. */
function leadsWithLost({ definition }: IndexStatistics, retyped: ReadonlyMap<string, boolean>): boolean {
  const lost = [...retyped].filter(([, convertible]) => !convertible).map(([attname]) => attname);
  const starts = (key: string) => [' ', ',', ')'].some((end) => definition.includes(`(${key}${end}`));
  return lost.some((name) => starts(name) || starts(quoteIdent(name)));
}

/** Why the statistics of an index's expressions do not fit the target's index of that name; null if they do. */
function indexDifference(
  index: IndexStatistics,
  target: TargetIndex,
  retyped: ReadonlyMap<string, boolean>,
): string | null {
  if (!hasSameDefinition(index, target)) return `the index has another definition here: ${target.definition}`;
  return retyped.size > 0 ? 'a column of the table has another type here' : null;
}

async function restoreObject(
  restoration: Restoration,
  statistics: ExtendedStatistics,
  table: TargetRelation,
  { retyped, origin }: { readonly retyped: ReadonlyMap<string, boolean>; readonly origin: Origin },
): Promise<void> {
  const { facts, found, writer } = restoration;
  const { journal } = writer;
  const object = displayName(statistics.schemaname, statistics.statistics_name);
  const target = table.statistics.get(quoteQualified(statistics.schemaname, statistics.statistics_name));
  if (target === undefined) {
    const { schemaname, relname } = table;
    journal.missing.push({
      kind: 'statistics object',
      schemaname,
      relname,
      description: `statistics object ${object}`,
    });
    return;
  }
  found.known.add(target.oid);
  addStatisticsObject(facts, statistics.ordinal, target);
  const message = statisticsObjectMismatch(statistics, target, retyped);
  if (message === null) {
    const proven = await provenExtended(writer, { object, origin }, statistics, { table, target });
    await writer.strategy.writeExtended(writer, proven, target);
  } else journal.refused.push({ object, what: 'extended statistics', message });
}
