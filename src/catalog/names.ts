import type { StatisticsSlot } from '../model/snapshot.ts';

/** A qualified name as people write it: each part is quoted only if necessary. */
export function displayName(...parts: readonly string[]): string {
  return parts.map((part) => (/^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`)).join('.');
}

/** The content of a statistics slot in words: src/include/catalog/pg_statistic.h. */
export function slotName(slot: StatisticsSlot): string {
  const names: Readonly<Record<number, string>> = {
    1: 'most common values',
    2: 'histogram',
    3: 'correlation',
    4: 'most common elements',
    5: 'element count histogram',
    6: 'range length histogram',
    7: 'range bounds histogram',
  };
  return names[slot.stakind] ?? `statistics of kind ${slot.stakind}`;
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

const NAME = /"((?:[^"]|"")+)"|[^\s".]+/y;

/**
 * The qualified names in the text that names an object of a report, such as `index shop."Orders_pkey" column 1`: each as
 * its parts without quotes.
 */
export function namesIn(object: string): readonly (readonly string[])[] {
  const names: string[][] = [];
  let parts: string[] = [];
  for (let at = 0; at < object.length; at += 1) {
    NAME.lastIndex = at;
    const found = NAME.exec(object);
    if (found === null) continue;
    parts.push(found[1]?.replaceAll('""', '"') ?? found[0]);
    at = NAME.lastIndex;
    if (object[at] === '.') continue;
    names.push(parts);
    parts = [];
  }
  return parts.length === 0 ? names : [...names, parts];
}
