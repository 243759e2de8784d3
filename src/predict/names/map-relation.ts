import type { SchemaMap } from '../../model/schema-map.ts';
import type { IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';
import type { AttributeStatistics, ExtendedStatistics, StatisticsSlot } from '../../model/statistics.ts';
import { mapQualifiedNames } from './qualified-names.ts';
import { nameKey, schemaFor, type TargetNames } from './schema-map.ts';

type Rewrite = (sql: string) => string;

/**
 * Renames a relation for CI's schema `schema`: its own name, and names in definitions, types and operators. An
 * extension's object, such as a type, keeps its schema if the target has it there and not in the mapped schema. Values
 * do not change.
 */
export function mapRelation(
  relation: RelationSnapshot,
  schema: string,
  map: SchemaMap,
  target: TargetNames,
): RelationSnapshot {
  const place = (production: string) =>
    production === relation.schemaname ? schema : (schemaFor(production, map) ?? production);
  const always: Rewrite = (sql) => mapQualifiedNames(sql, (production) => target.quoted(place(production)));
  const rewrite: Rewrite = (sql) =>
    mapQualifiedNames(sql, (production, name) => {
      const here = place(production);
      if (here === production) return null;
      const isTable = production === relation.schemaname && name === relation.relname;
      return !isTable && staysBehind(target, production, here, name) ? null : target.quoted(here);
    });
  return {
    ...relation,
    schemaname: schema,
    inherits: relation.inherits.map(always),
    children: relation.children.map(always),
    partition_bound: orNull(relation.partition_bound, rewrite),
    partition_key: orNull(relation.partition_key, rewrite),
    columns: relation.columns.map((column) => ({
      ...column,
      type: rewrite(column.type),
      default: orNull(column.default, rewrite),
      collation: orNull(column.collation, rewrite),
    })),
    statistics: relation.statistics.map((each) => mapStatistics(each, rewrite)),
    indexes: relation.indexes.map((index) => mapIndex(index, place, rewrite)),
    extended_statistics: relation.extended_statistics.map((each) => mapObject(each, place, always, rewrite)),
  };
}

function staysBehind({ objects }: TargetNames, production: string, here: string, name: string): boolean {
  return objects.has(nameKey(production, name)) && !objects.has(nameKey(here, name));
}

function orNull(sql: string | null | undefined, rewrite: Rewrite): string | null {
  return sql === null || sql === undefined ? null : rewrite(sql);
}

function mapStatistics<T extends AttributeStatistics>(statistics: T, rewrite: Rewrite): T {
  return { ...statistics, slots: statistics.slots.map((slot) => mapSlot(slot, rewrite)) };
}

function mapSlot(slot: StatisticsSlot, rewrite: Rewrite): StatisticsSlot {
  return {
    ...slot,
    staop: orNull(slot.staop, rewrite),
    stacoll: orNull(slot.stacoll, rewrite),
    elemtype: orNull(slot.elemtype, rewrite),
  };
}

function mapIndex(index: IndexStatistics, place: (schema: string) => string, rewrite: Rewrite): IndexStatistics {
  return {
    ...index,
    schemaname: place(index.schemaname),
    definition: rewrite(index.definition),
    statistics: index.statistics.map((each) => mapStatistics(each, rewrite)),
  };
}

/**
 * The first name in the definition is the object's own; it is mapped even if an extension has an object of that name.
 */
function mapObject(
  object: ExtendedStatistics,
  place: (schema: string) => string,
  always: Rewrite,
  rewrite: Rewrite,
): ExtendedStatistics {
  const [head = ''] =
    /^CREATE STATISTICS (?:"(?:[^"]|"")+"|[^\s".]+)\.(?:"(?:[^"]|"")+"|\S+)/.exec(object.definition) ?? [];
  return {
    ...object,
    schemaname: place(object.schemaname),
    definition: always(head) + rewrite(object.definition.slice(head.length)),
    data: object.data.map((data) => ({
      ...data,
      expressions: data.expressions?.map((each) => each && mapStatistics(each, rewrite)) ?? null,
    })),
  };
}
