import type { TargetRelation, TargetStatisticsObject } from '../../catalog/index.ts';
import type { ExtendedStatistics, ExtendedStatisticsData } from '../../model/statistics.ts';
import { quoteQualified } from '../../postgres/index.ts';
import type { AttributeTarget, StatisticsWriter } from '../catalogs/strategy.ts';
import { provenSlots } from './prove-statistics.ts';

/** Dimensions of a statistics object: names of its columns, and `-1`, `-2`… for its expressions. */
interface Dimensions {
  readonly attributes: ReadonlySet<string>;
  readonly count: number;
  readonly expressions: number;
}

type Mistake = string | null;

/** STATS_MCVLIST_MAX_ITEMS (statistics.h). */
const MOST_ITEMS = 10_000;

/**
 * Leaves out, and reports, data that ANALYZE cannot have written for the target's statistics object. The planner trusts
 * the data: a missing combination makes the query fail, and an unknown expression makes it read beyond a list
 * (mvdistinct.c, dependencies.c, mcv.c, estimate_multivariate_ndistinct in selfuncs.c, statext_expressions_load).
 */
export async function provenExtended(
  writer: StatisticsWriter,
  about: Pick<AttributeTarget, 'object' | 'origin'>,
  statistics: ExtendedStatistics,
  { table, target }: { readonly table: TargetRelation; readonly target: TargetStatisticsObject },
): Promise<ExtendedStatistics> {
  const numbered = target.expressions.map((_, at) => `-${at + 1}`);
  const dimensions: Dimensions = {
    attributes: new Set([...target.columns.map(({ attname }) => attname), ...numbered]),
    count: target.columns.length + target.expressions.length,
    expressions: target.expressions.length,
  };
  const data: ExtendedStatisticsData[] = [];
  for (const each of statistics.data) {
    const proven = provenParts(writer, about, each, dimensions);
    data.push({ ...proven, expressions: await provenExpressions(writer, about, proven, { table, target }) });
  }
  return { ...statistics, data };
}

/** Checks of each part, by the name that reports use. */
const PARTS: {
  readonly [Part in 'ndistinct' | 'dependencies' | 'mcv' | 'expressions']: (
    data: ExtendedStatisticsData,
    dimensions: Dimensions,
  ) => Mistake;
} = {
  ndistinct: ({ ndistinct }, dimensions) => ndistinct && ndistinctMistake(ndistinct, dimensions),
  dependencies: ({ dependencies }, dimensions) => dependencies && dependenciesMistake(dependencies, dimensions),
  mcv: ({ mcv }, dimensions) => mcv && mcvMistake(mcv, dimensions),
  expressions: ({ expressions }, dimensions) =>
    expressions && expressions.length !== dimensions.expressions
      ? `it has ${expressions.length} expressions, but the statistics object has ${dimensions.expressions}`
      : null,
};

function provenParts(
  { journal }: StatisticsWriter,
  about: Pick<AttributeTarget, 'object' | 'origin'>,
  data: ExtendedStatisticsData,
  dimensions: Dimensions,
): ExtendedStatisticsData {
  let proven = data;
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    const message = PARTS[part](data, dimensions);
    if (message === null) continue;
    journal.refused.push({ ...about, what: part, message });
    proven = { ...proven, [part]: null };
  }
  return proven;
}

/** statext_ndistinct_build writes one item for each combination of two or more dimensions. */
function ndistinctMistake(items: NonNullable<ExtendedStatisticsData['ndistinct']>, dimensions: Dimensions): Mistake {
  const combinations = new Set<string>();
  for (const { attributes, ndistinct } of items) {
    const mistake = attributesMistake(attributes, dimensions);
    if (mistake !== null) return mistake;
    if (!Number.isFinite(ndistinct) || ndistinct < 0) return `ndistinct is ${ndistinct}`;
    combinations.add(JSON.stringify([...attributes].sort()));
  }
  const wanted = 2 ** dimensions.count - dimensions.count - 1;
  const isWhole = combinations.size === wanted && items.length === wanted;
  return isWhole ? null : `it has ${combinations.size} of the ${wanted} combinations of its dimensions`;
}

/** statext_dependencies_build leaves out degree 0, and writes no data if no items are left. */
function dependenciesMistake(
  items: NonNullable<ExtendedStatisticsData['dependencies']>,
  dimensions: Dimensions,
): Mistake {
  if (items.length === 0) return 'it has no items';
  for (const { attributes, degree } of items) {
    const mistake = attributesMistake(attributes, dimensions);
    if (mistake !== null) return mistake;
    if (!(degree >= 0 && degree <= 1)) return `degree is ${degree}`;
  }
  return null;
}

function attributesMistake(attributes: readonly string[], dimensions: Dimensions): Mistake {
  const unknown = attributes.find((attribute) => !dimensions.attributes.has(attribute));
  if (unknown !== undefined) return `the statistics object has no dimension "${unknown}"`;
  return attributes.length < 2 || new Set(attributes).size < attributes.length
    ? 'an item has fewer than two dimensions, or has one twice'
    : null;
}

function mcvMistake(items: NonNullable<ExtendedStatisticsData['mcv']>, { count }: Dimensions): Mistake {
  if (items.length < 1 || items.length > MOST_ITEMS) return `it has ${items.length} items`;
  for (const { values, frequency, base_frequency } of items) {
    if (values.length !== count)
      return `an item has ${values.length} values, but the statistics object has ${count} dimensions`;
    const stray = [frequency, base_frequency].find((each) => !(each >= 0 && each <= 1));
    if (stray !== undefined) return `frequency is ${stray}`;
  }
  return null;
}

async function provenExpressions(
  { connection, slots, journal }: StatisticsWriter,
  { object, origin }: Pick<AttributeTarget, 'object' | 'origin'>,
  { expressions }: ExtendedStatisticsData,
  { table, target }: { readonly table: TargetRelation; readonly target: TargetStatisticsObject },
): Promise<ExtendedStatisticsData['expressions']> {
  if (expressions === null) return null;
  const columns = target.expressions.map((expression) => `(${expression})`).join(', ');
  const types = await connection.resultTypes(
    `SELECT ${columns} FROM ONLY ${quoteQualified(table.schemaname, table.relname)}`,
  );
  await slots.learn(
    types,
    expressions.flatMap((each) => each ?? []),
  );
  return expressions.map((each, at) => {
    const facts = slots.factsFor(types[at] ?? 0);
    const about = { object: `${object} expression ${at + 1}`, origin };
    return each === null || facts === undefined ? null : provenSlots(journal, about, each, facts);
  });
}
