import type { Connection } from '../postgres/index.ts';
import { classesOf, drawnFrom, typeWidth, type ValueClass, type WidthShare } from '../sizes/index.ts';
import type { ColumnFacts, IndexColumn, IndexFacts } from './index-facts.ts';
import { columnsOf, type EvaluatedRow, evaluate, stepsOf } from './key-samples.ts';

/** How an index column's entries are wide, and how they fall on its values. */
export interface KeyDistribution {
  readonly widths: readonly WidthShare[];
  readonly classes: readonly ValueClass[];
  /** Share of the rows that are NULL. */
  readonly null_frac: number;
  /** Mean bytes of a value that is not NULL. */
  readonly width: number;
  /** What had to be assumed, as a sentence; null where statistics told. */
  readonly assumed: string | null;
}

/** What the planner takes where it knows nothing (DEFAULT_NUM_DISTINCT, selfuncs.h). */
const DEFAULT_DISTINCT = 200;

/** Reads a column of an index off the statistics of the table of so many rows. */
export async function keyDistribution(
  connection: Connection,
  index: IndexFacts,
  column: IndexColumn,
  rows: number,
): Promise<KeyDistribution> {
  const used = columnsOf(column.expression, index);
  const named = column.attnum === 0 ? 'expression' : 'column';
  if (used.length === 0 || used.some(({ statistics }) => statistics === null)) {
    return withoutStatistics(column, rows, `The target has no statistics of ${named} ${column.expression}`);
  }
  const predicate = ownPredicate(index, used);
  const evaluated = await evaluate(connection, used, column.expression, predicate);
  if (evaluated === null) return withoutValues(column, used, rows);
  const kept = evaluated.filter((row) => row.kept);
  // What no value of the sample meets is rarer than the sample can tell.
  const sample = kept.length > 0 ? kept : evaluated;
  const share = sum(sample);
  const distinct = column.attnum === 0 ? await expressionDistinct(connection, column, used, evaluated, rows) : null;
  const classes =
    distinct === null
      ? columnClasses(used[0] as ColumnFacts, sample, evaluated, rows)
      : groupClasses(sample, distinct, rows);
  const widths = sample.map((row) => ({ width: storedWidth(row.width, column), share: row.share / share }));
  return { widths: combine(widths), classes, ...figures(widths), assumed: null };
}

/** The predicate of an index where it is about nothing but the column itself. */
function ownPredicate(index: IndexFacts, used: readonly ColumnFacts[]): string | null {
  if (index.predicate === null || used.length !== 1) return null;
  const about = columnsOf(index.predicate, index);
  return about.every((column) => used.includes(column)) ? index.predicate : null;
}

function sum(rows: readonly EvaluatedRow[]): number {
  return rows.reduce((total, { share }) => total + share, 0) || 1;
}

/** Bytes of a value in an index: pg_column_size counts the long header of a varlena. */
function storedWidth(width: number | null, { length }: IndexColumn): number | null {
  if (width === null || length > 0) return width === null ? null : length;
  return length === -1 && width - 3 <= 127 ? width - 3 : width;
}

function combine(widths: readonly WidthShare[]): WidthShare[] {
  const shares = new Map<number | null, number>();
  for (const { width, share } of widths) shares.set(width, (shares.get(width) ?? 0) + share);
  return [...shares].map(([width, share]) => ({ width, share }));
}

function figures(widths: readonly WidthShare[]): { null_frac: number; width: number } {
  let [nulls, values, bytes] = [0, 0, 0];
  for (const { width, share } of widths) {
    if (width === null) nulls += share;
    else {
      values += share;
      bytes += share * width;
    }
  }
  return { null_frac: nulls, width: values === 0 ? 0 : bytes / values };
}

function absolute(n_distinct: number, rows: number): number {
  return Math.max(1, n_distinct < 0 ? -n_distinct * rows : n_distinct);
}

/** Distinct values of a column beyond its most common ones. */
function otherValues({ statistics }: ColumnFacts, rows: number): number {
  if (statistics === null) return DEFAULT_DISTINCT;
  return Math.max(1, absolute(statistics.n_distinct, rows) - (statistics.common?.length ?? 0));
}

function columnClasses(
  column: ColumnFacts,
  sample: readonly EvaluatedRow[],
  all: readonly EvaluatedRow[],
  rows: number,
): ValueClass[] {
  const share = sum(sample);
  const of = (kind: EvaluatedRow['kind'], from: readonly EvaluatedRow[]) => from.filter((row) => row.kind === kind);
  const others = of('other', all);
  const { null_frac, frequencies } = numbers(column);
  const rest = Math.max(0, 1 - null_frac - frequencies.reduce((total, each) => total + each, 0));
  const keptOthers = others.length === 0 ? 1 : of('other', sample).length / others.length;
  return classesOf({
    null_frac: of('null', sample).length > 0 ? null_frac / share : 0,
    frequencies: of('common', sample).map((row) => row.share / share),
    rest: {
      share: (rest * keptOthers) / share,
      values: drawnFrom(rest * rows, otherValues(column, rows)) * keptOthers,
    },
  });
}

function numbers({ statistics }: ColumnFacts): { null_frac: number; frequencies: readonly number[] } {
  return { null_frac: statistics?.null_frac ?? 0, frequencies: statistics?.frequencies ?? [] };
}

/** How many distinct results an expression has, from those it has for the values in the statistics. */
async function expressionDistinct(
  connection: Connection,
  column: IndexColumn,
  used: readonly ColumnFacts[],
  evaluated: readonly EvaluatedRow[],
  rows: number,
): Promise<number> {
  const inputs = Math.min(
    rows,
    used.reduce((product, each) => product * absolute(each.statistics?.n_distinct ?? -1, rows), 1),
  );
  const groups = byKey(evaluated);
  const others = evaluated.filter(({ kind, key }) => kind === 'other' && key !== null).length;
  const single = [...groups.values()].filter((group) => group.length === 1 && group[0]?.kind === 'other').length;
  if (single === 0) return groups.size;
  const [only] = used;
  if (single === others && used.length === 1 && only !== undefined) {
    const steps = await stepsOf(connection, only, column.expression);
    return Math.min(inputs, Math.max(groups.size, steps ?? inputs));
  }
  // As ANALYZE extrapolates: the estimator of Haas and Stokes (compute_distinct_stats, analyze.c).
  return Math.min(
    inputs,
    Math.max(groups.size, (others * groups.size) / (others - single + (single * others) / inputs)),
  );
}

/** Rows of one result each; NULL is none. */
function byKey(rows: readonly EvaluatedRow[]): Map<string, EvaluatedRow[]> {
  const groups = new Map<string, EvaluatedRow[]>();
  for (const row of rows) {
    if (row.key === null) continue;
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Results that stand for more than their share of the sample are common values of their own. */
function groupClasses(sample: readonly EvaluatedRow[], distinct: number, rows: number): ValueClass[] {
  const share = sum(sample);
  const groups = byKey(sample);
  const isCommon = (group: readonly EvaluatedRow[]) => group.length > 2 || group.some(({ kind }) => kind === 'common');
  const common = [...groups.values()].filter(isCommon);
  const rest = [...groups.values()].filter((group) => !isCommon(group));
  const restShare = rest.length === 0 ? 0 : sum(rest.flat()) / share;
  const nulls = sample.filter(({ key }) => key === null);
  return classesOf({
    null_frac: nulls.length === 0 ? 0 : sum(nulls) / share,
    frequencies: common.map((group) => sum(group) / share),
    rest: { share: restShare, values: drawnFrom(restShare * rows, Math.max(rest.length, distinct - common.length, 1)) },
  });
}

/** Where a snapshot has no values: frequencies and the mean width are known all the same. */
function withoutValues(column: IndexColumn, used: readonly ColumnFacts[], rows: number): KeyDistribution {
  const [only] = used;
  if (only?.statistics === null || only === undefined || used.length > 1) {
    return withoutStatistics(column, rows, `The target has no values of the columns of ${column.expression}`);
  }
  const { null_frac, frequencies } = numbers(only);
  const rest = Math.max(0, 1 - null_frac - frequencies.reduce((total, each) => total + each, 0));
  const values = drawnFrom(rest * rows, otherValues(only, rows));
  const width = column.length > 0 ? column.length : only.statistics.avg_width;
  const widths = [...spread(width, column, 1 - null_frac), { width: null, share: null_frac }];
  return {
    widths,
    classes: classesOf({ null_frac, frequencies, rest: { share: rest, values } }),
    ...figures(widths),
    assumed: column.attnum === 0 ? `Expression ${column.expression} is taken to be as its column.` : null,
  };
}

function withoutStatistics(column: IndexColumn, rows: number, why: string): KeyDistribution {
  const distinct = column.typname === 'bool' ? 2 : DEFAULT_DISTINCT;
  const widths = spread(typeWidth(column.typname, column.length, column.typmod), column, 1);
  return {
    widths,
    classes: classesOf({ null_frac: 0, frequencies: [], rest: { share: 1, values: Math.min(rows, distinct) || 1 } }),
    ...figures(widths),
    assumed: `${why}: ${distinct} distinct values are taken, as the planner does.`,
  };
}

/** Widths around a mean that was cut to whole bytes, so that none of the eight ways to align them is preferred. */
function spread(width: number, { length }: IndexColumn, share: number): WidthShare[] {
  if (length > 0) return [{ width: length, share }];
  const least = Math.max(1, Math.floor(width) - 3);
  return Array.from({ length: 8 }, (_, i) => ({ width: least + i, share: share / 8 }));
}
