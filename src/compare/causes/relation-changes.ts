import { isDeepStrictEqual } from 'node:util';
import type { ExtendedStatistics, IndexStatistics, RelationSnapshot } from '../../model/snapshot.ts';

/**
 * Lists how a relation's planner inputs changed since the snapshot, as sentences without a full stop. They never contain
 * values of columns.
 */
export function relationChanges(before: RelationSnapshot, now: RelationSnapshot): string[] {
  const table = `${now.schemaname}.${now.relname}`;
  return [
    ...sizeChange(table, before.pages, now.pages),
    ...figureChanges(table, before, now),
    ...statisticsChanges(table, before, now),
    ...pairs(before.indexes, now.indexes, (index) => index.indexname).flatMap(([was, is, name]) =>
      changeOf(`index ${now.schemaname}.${name}`, was, is, indexChanges),
    ),
    ...pairs(
      before.extended_statistics,
      now.extended_statistics,
      (each) => `${each.schemaname}.${each.statistics_name}`,
    ).flatMap(([was, is, name]) => changeOf(`statistics object ${name}`, was, is, extendedChanges)),
  ];
}

function sizeChange(object: string, before: number | null, now: number | null): string[] {
  if (before === null || now === null || before === now) return [];
  return [`${object} ${now > before ? 'grew' : 'shrank'} since the snapshot: ${before} → ${now} pages`];
}

const FIGURES = ['relpages', 'reltuples', 'relallvisible', 'relhassubclass'] as const;

function figureChanges(object: string, before: RelationSnapshot, now: RelationSnapshot): string[] {
  return FIGURES.filter((name) => before[name] !== now[name]).map(
    (name) => `${name} of ${object} changed since the snapshot: ${before[name]} → ${now[name]}`,
  );
}

function statisticsChanges(object: string, before: RelationSnapshot, now: RelationSnapshot): string[] {
  const changed = pairs(before.statistics, now.statistics, ({ attname, inherited }) =>
    inherited ? `${attname} (inherited)` : attname,
  ).filter(([was, is]) => !isDeepStrictEqual(was, is));
  return changed.map(([was, is, name]) => {
    const what = was === undefined ? 'are new' : is === undefined ? 'are gone' : 'changed';
    return `statistics of ${object}.${name} ${what} since the snapshot`;
  });
}

function changeOf<T>(
  object: string,
  was: T | undefined,
  is: T | undefined,
  changes: (object: string, was: T, is: T) => string[],
): string[] {
  if (was === undefined) return [`${object} is new since the snapshot`];
  if (is === undefined) return [`${object} is gone since the snapshot`];
  return changes(object, was, is);
}

function indexChanges(object: string, was: IndexStatistics, is: IndexStatistics): string[] {
  const changed = (what: string, of: (index: IndexStatistics) => unknown): string[] =>
    isDeepStrictEqual(of(was), of(is)) ? [] : [`${what} of ${object} changed since the snapshot`];
  return [
    ...sizeChange(object, was.pages, is.pages),
    ...changed('the definition', (index) => index.definition),
    ...(is.partial ? changed('relpages and reltuples', (index) => [index.relpages, index.reltuples]) : []),
    ...changed('the height', (index) => index.tree_height),
    ...changed('the metapage figures', (index) => [index.gin, index.brin_revmap_pages]),
    ...changed('the least value', (index) => index.range?.min),
    ...changed('the greatest value', (index) => index.range?.max),
    ...changed('the order', (index) => index.ordinal),
    ...changed('statistics', (index) => index.statistics),
  ];
}

function extendedChanges(object: string, was: ExtendedStatistics, is: ExtendedStatistics): string[] {
  if (was.definition !== is.definition) return [`the definition of ${object} changed since the snapshot`];
  return isDeepStrictEqual(was.data, is.data) ? [] : [`${object} was analyzed since the snapshot`];
}

/** Pairs the items of two lists by name, in the order of the first. A name that only one list has gets one item. */
function pairs<T>(
  before: readonly T[],
  now: readonly T[],
  nameOf: (each: T) => string,
): [T | undefined, T | undefined, string][] {
  const was = new Map(before.map((each) => [nameOf(each), each]));
  const is = new Map(now.map((each) => [nameOf(each), each]));
  return [...new Set([...was.keys(), ...is.keys()])].map((name) => [was.get(name), is.get(name), name]);
}
