import type { Connection } from '../../postgres/index.ts';
import { typeWidth, type WidthShare } from '../sizes/tuple-sizes.ts';
import {
  expectedDistinct,
  populationFromAnalyze,
  populationFromRows,
  UNIQUE,
  type ValueClass,
} from '../sizes/value-classes.ts';
import type { ColumnFacts, IndexColumn, IndexFacts } from './index-facts.ts';
import { columnsOf, type EvaluatedRow, evaluate, stepsOf } from './key-samples.ts';

/** The distribution of an index's rows over the values of one of its columns. */
export interface KeyDistribution {
  readonly classes: readonly ValueClass[];
  /** A sentence about what was assumed; null if statistics had everything. */
  readonly assumed: string | null;
}

/** The planner's default (DEFAULT_NUM_DISTINCT, selfuncs.h). */
const DEFAULT_DISTINCT = 200;

/** Derives the distribution of an index's column from the statistics of its table, which has `rows` rows. */
export async function keyDistribution(
  connection: Connection,
  index: IndexFacts,
  column: IndexColumn,
  rows: number,
): Promise<KeyDistribution> {
  const used = columnsOf(column.expression, index);
  const [only] = used;
  if (only === undefined || used.some(({ statistics }) => statistics === null)) {
    const what = column.attnum === 0 ? 'expression' : 'column';
    return withoutStatistics(column, rows, `There are no statistics for ${what} ${column.expression}`, only);
  }
  const evaluated = await evaluate(connection, used, column.expression, ownPredicate(index, used));
  if (evaluated === null) return withoutValues(column, used, rows);
  const sample = evaluated.map((row) => ({
    ...row,
    width: column.length > 0 && row.width !== null ? column.length : row.width,
  }));
  if (column.attnum !== 0) return { classes: columnClasses(only, sample, rows), assumed: null };
  if (used.length > 1) return { classes: combinedClasses(used, sample, rows), assumed: null };
  const inputs = Math.min(rows, distinctValues(only, rows));
  const distinct = await expressionDistinct(connection, column, only, sample, inputs);
  return { classes: resultClasses(sample, distinct, rows), assumed: null };
}

/** The predicate of an index if it uses only the given column; otherwise null. */
function ownPredicate(index: IndexFacts, used: readonly ColumnFacts[]): string | null {
  if (index.predicate === null || used.length !== 1) return null;
  return columnsOf(index.predicate, index).every((column) => used.includes(column)) ? index.predicate : null;
}

function shareOf(rows: readonly EvaluatedRow[]): number {
  return rows.reduce((total, { share }) => total + share, 0);
}

/** Sample rows that satisfy the predicate, or all rows if none does (the predicate is then too rare for the sample). */
function keptOf(rows: readonly EvaluatedRow[]): readonly EvaluatedRow[] {
  const kept = rows.filter((row) => row.kept);
  return shareOf(kept) > 0 ? kept : rows;
}

function widthsOf(rows: readonly EvaluatedRow[]): WidthShare[] {
  const total = shareOf(rows);
  const shares = new Map<number | null, number>();
  for (const { width, share } of rows) shares.set(width, (shares.get(width) ?? 0) + share / total);
  return [...shares].map(([width, share]) => ({ width, share }));
}

/** Distinct values of a column that are not NULL. */
function distinctValues({ statistics }: ColumnFacts, rows: number): number {
  const { n_distinct } = statistics ?? { n_distinct: DEFAULT_DISTINCT };
  // Zero means unknown.
  if (n_distinct === 0) return Math.min(rows, DEFAULT_DISTINCT) || 1;
  return Math.max(1, n_distinct < 0 ? -n_distinct * rows : n_distinct);
}

/** Rows that ANALYZE samples for each entry of its longest list (std_typanalyze). */
const SAMPLED_PER_ENTRY = 300;
const DEFAULT_ENTRIES = 100;

/** Estimates the number of values beyond a column's common values. */
function otherValues(column: ColumnFacts, rows: number, rest: number): number {
  const { bounds, frequencies, null_frac } = column.statistics ?? { bounds: null, frequencies: null, null_frac: 0 };
  const common = frequencies?.length ?? 0;
  const entries = bounds === null ? Math.max(DEFAULT_ENTRIES, common) : Math.max(bounds.length - 1, common);
  const distinct = distinctValues(column, rows);
  // ANALYZE's estimate counts only rows that are not NULL.
  const present = Math.max(1e-9, 1 - null_frac);
  const sampled = entries * SAMPLED_PER_ENTRY * present;
  return populationFromAnalyze({ distinct, common, rest: Math.min(1, rest / present), rows: rows * present, sampled });
}

function columnClasses(column: ColumnFacts, sample: readonly EvaluatedRow[], rows: number): ValueClass[] {
  const kept = keptOf(sample);
  const total = shareOf(kept);
  const ofKind = (kind: EvaluatedRow['kind'], from: readonly EvaluatedRow[]) => from.filter((row) => row.kind === kind);
  const single = [...ofKind('common', kept), ...ofKind('null', kept)];
  const others = ofKind('other', kept);
  const all = ofKind('other', sample);
  const classes = single.map((row) => ({ share: row.share / total, values: 1, widths: widthsOf([row]) }));
  if (others.length === 0) return classes;
  const values = (otherValues(column, rows, shareOf(all)) * others.length) / all.length;
  return [...classes, { share: shareOf(others) / total, values, widths: widthsOf(others) }];
}

/** Estimates the number of distinct results of an expression from its results for the values in the statistics. */
async function expressionDistinct(
  connection: Connection,
  column: IndexColumn,
  only: ColumnFacts,
  sample: readonly EvaluatedRow[],
  inputs: number,
): Promise<number> {
  const groups = [...byKey(sample).values()];
  const others = sample.filter(({ kind, key }) => kind === 'other' && key !== null).length;
  const single = groups.filter((group) => group.length === 1 && group[0]?.kind === 'other').length;
  if (single === 0) return groups.length;
  if (single === others) {
    const steps = await stepsOf(connection, only, column.expression);
    return Math.min(inputs, Math.max(groups.length, steps ?? inputs));
  }
  // ANALYZE's estimator, by Haas and Stokes (compute_distinct_stats, analyze.c).
  const estimate = (others * groups.length) / (others - single + (single * others) / inputs);
  return Math.min(inputs, Math.max(groups.length, estimate));
}

/**
 * Classes of an expression of several columns: combines the classes of the columns, and scales the number of values by
 * the sample's ratio of distinct results to combinations.
 */
function combinedClasses(used: readonly ColumnFacts[], sample: readonly EvaluatedRow[], rows: number): ValueClass[] {
  const widths = widthsOf(sample);
  let classes: ValueClass[] = [{ share: 1, values: 1, widths }];
  for (const column of used) {
    const own = sampleClasses(column, rows);
    classes = classes.flatMap((each) =>
      own.map(({ share, values }) => ({
        share: each.share * share,
        values: Math.min(UNIQUE, each.values * values),
        widths,
      })),
    );
  }
  const combinations = Math.min(sample.length, expectedDistinct(classes, sample.length));
  const results = byKey(sample).size / combinations;
  return classes.map((each) => ({ ...each, values: Math.max(1, each.values * Math.min(1, results)) }));
}

/**
 * Classes of an expression's results. A result is a class of its own if it is a common value or repeats in the sample.
 */
function resultClasses(sample: readonly EvaluatedRow[], distinct: number, rows: number): ValueClass[] {
  const kept = keptOf(sample);
  const total = shareOf(kept);
  const groups = [...byKey(kept).values()];
  const isCommon = (group: readonly EvaluatedRow[]) => group.length > 2 || group.some(({ kind }) => kind === 'common');
  const nulls = kept.filter(({ key }) => key === null);
  const common = [...groups.filter(isCommon), ...(nulls.length === 0 ? [] : [nulls])];
  const rest = groups.filter((group) => !isCommon(group)).flat();
  const classes = common.map((group) => ({ share: shareOf(group) / total, values: 1, widths: widthsOf(group) }));
  if (rest.length === 0) return classes;
  const all = groups.length - rest.length;
  const restShare = shareOf(rest);
  const values = populationFromRows(restShare * rows, Math.max(1, distinct - all));
  return [...classes, { share: restShare / total, values, widths: widthsOf(rest) }];
}

/** Groups rows by result. Leaves out NULL. */
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

/**
 * Distribution from frequencies and the mean width alone, if there are no values or the server refuses the expression.
 */
function withoutValues(column: IndexColumn, used: readonly ColumnFacts[], rows: number): KeyDistribution {
  const [only] = used;
  if (only?.statistics === null || only === undefined || used.length > 1) {
    return withoutStatistics(column, rows, `There are no usable values for the columns of ${column.expression}`);
  }
  const widths = widthsNear(column.length > 0 ? column.length : only.statistics.avg_width, column);
  const classes = sampleClasses(only, rows).map(({ isNull, ...each }) => ({
    ...each,
    widths: isNull ? [{ width: null, share: 1 }] : widths,
  }));
  const assumed =
    column.attnum === 0 ? `The expression ${column.expression} is assumed to be distributed like its column.` : null;
  return { classes, assumed };
}

/** Classes of a column, without widths. */
function sampleClasses(column: ColumnFacts, rows: number): (Omit<ValueClass, 'widths'> & { isNull: boolean })[] {
  const { null_frac, frequencies } = column.statistics ?? { null_frac: 0, frequencies: null };
  const rest = Math.max(0, 1 - null_frac - (frequencies ?? []).reduce((sum, share) => sum + share, 0));
  const classes = (frequencies ?? []).map((share) => ({ share, values: 1, isNull: false }));
  if (null_frac > 0) classes.push({ share: null_frac, values: 1, isNull: true });
  if (rest > 1e-6 || classes.length === 0) {
    classes.push({ share: rest, values: otherValues(column, rows, rest), isNull: false });
  }
  return classes;
}

function withoutStatistics(column: IndexColumn, rows: number, why: string, source?: ColumnFacts): KeyDistribution {
  const { values, assumption } = assumedValues(column, rows, source);
  const widths = widthsNear(typeWidth(column.typname, column.length, column.typmod), column);
  return { classes: [{ share: 1, values, widths }], assumed: `${why}: ${assumption}.` };
}

/** Makes the planner's assumptions, except that a foreign key gives a better one. */
function assumedValues(
  column: IndexColumn,
  rows: number,
  source?: ColumnFacts,
): { values: number; assumption: string } {
  if (column.attnum !== 0 && source?.unique)
    return { values: UNIQUE, assumption: 'its values are all different, because it has a unique index' };
  if (column.attnum !== 0 && source?.referred) {
    return {
      values: source.referred,
      assumption: `${source.referred} distinct values are assumed, the rows of the table that it refers to`,
    };
  }
  const distinct = column.typname === 'bool' ? 2 : DEFAULT_DISTINCT;
  return {
    values: Math.max(1, Math.min(rows, distinct)),
    assumption: `${distinct} distinct values are assumed, the planner's default`,
  };
}

/** Eight widths around a mean, so that alignment to eight bytes favours none of them; one width for a fixed length. */
export function widthsNear(width: number, { length }: Pick<IndexColumn, 'length'>): WidthShare[] {
  if (length > 0) return [{ width: length, share: 1 }];
  const least = Math.max(1, Math.floor(width) - 3);
  return Array.from({ length: 8 }, (_, i) => ({ width: least + i, share: 1 / 8 }));
}
