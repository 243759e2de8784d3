import type { TargetStatisticsObject } from '../../catalog/index.ts';
import { displayName } from '../../catalog/index.ts';
import type { ExtendedStatistics, ExtendedStatisticsData, McvItem } from '../../model/statistics.ts';
import type { Connection } from '../../postgres/index.ts';
import { attempt, probe } from '../../postgres/index.ts';
import { acceptedStatistics } from './column-statistics.ts';
import { type AttributeNumbers, encodeDependencies, encodeNdistinct } from './extended-bytes.ts';
import { STATISTIC_RECORD, STATISTIC_VALUES, statisticRow } from './statistic-rows.ts';
import type { StatisticsWriter } from './strategy.ts';

const CAST_TYPES = ['pg_ndistinct', 'pg_dependencies'] as const;

/** The input functions of these types refuse every value. A cast without a function takes bytes of the right layout. */
export async function createCasts(connection: Connection): Promise<void> {
  for (const type of CAST_TYPES) {
    await connection.run(`CREATE CAST (pg_catalog.bytea AS pg_catalog.${type}) WITHOUT FUNCTION`);
  }
}

/** Must run before the transaction commits: with these casts, anybody could give the planner any bytes. */
export async function dropCasts(connection: Connection): Promise<void> {
  for (const type of CAST_TYPES) await connection.run(`DROP CAST (pg_catalog.bytea AS pg_catalog.${type})`);
}

/** PostgreSQL 14 has one row per object, and no stxdinherit. */
const INSERT_DATA_SQL = (major: number): string => `
INSERT INTO pg_catalog.pg_statistic_ext_data (
  stxoid, ${major >= 15 ? 'stxdinherit, ' : ''}stxdndistinct, stxddependencies, stxdmcv, stxdexpr)
SELECT d.stxoid, ${major >= 15 ? 'd.inherited, ' : ''}d.ndistinct, d.dependencies,
  CASE WHEN d.vals IS NOT NULL
    THEN regress_planner.build_mcv_list(d.stxoid, d.vals, d.nulls, d.frequencies, d.base_frequencies) END,
  CASE WHEN d.expressions IS NOT NULL THEN (
    SELECT pg_catalog.array_agg(
      CASE WHEN r.stawidth IS NOT NULL THEN ROW(0, 0, false, ${STATISTIC_VALUES})::pg_catalog.pg_statistic END
      ORDER BY r.ordinal)
    FROM pg_catalog.json_to_recordset(d.expressions) AS r(${STATISTIC_RECORD})) END
FROM (SELECT $1::pg_catalog.oid AS stxoid, $2::pg_catalog.bool AS inherited,
  $3::pg_catalog.bytea::pg_catalog.pg_ndistinct AS ndistinct,
  $4::pg_catalog.bytea::pg_catalog.pg_dependencies AS dependencies,
  $5::pg_catalog.text[] AS vals, $6::pg_catalog.bool[] AS nulls,
  $7::pg_catalog.float8[] AS frequencies, $8::pg_catalog.float8[] AS base_frequencies,
  $9::pg_catalog.json AS expressions) AS d`;

/** Writes the data of a statistics object that has the same definition in target and snapshot. */
export async function writeExtendedStatistics(
  writer: StatisticsWriter & { readonly major: number },
  statistics: ExtendedStatistics,
  target: TargetStatisticsObject,
): Promise<void> {
  for (const data of dataOfMajor(statistics.data, writer.major)) {
    await writeData(writer, { statistics, target, data });
  }
}

/** PostgreSQL 14 has one row per object: keeps that of the table itself rather than of the inheritance tree. */
function dataOfMajor(data: readonly ExtendedStatisticsData[], major: number): readonly ExtendedStatisticsData[] {
  if (major >= 15 || data.length < 2) return data;
  return data.filter(({ inherited }) => !inherited);
}

interface DataOfObject {
  readonly statistics: ExtendedStatistics;
  readonly target: TargetStatisticsObject;
  readonly data: ExtendedStatisticsData;
}

const PARTS = ['ndistinct', 'dependencies', 'mcv', 'expressions'] as const;

/** Leaves out only the parts that the server refuses: ndistinct, dependencies, mcv or one slot of an expression. */
async function writeData(writer: StatisticsWriter & { readonly major: number }, object: DataOfObject): Promise<void> {
  const { connection, journal } = writer;
  const insert = (data: ExtendedStatisticsData) => insertData(writer, { ...object, data });
  let refusal = await attempt(connection, () => insert(object.data));
  if (refusal !== null) {
    const accepted = await acceptedParts(writer, object);
    refusal = await attempt(connection, () => insert(accepted));
  }
  if (refusal === null) journal.counts.extendedStatistics += 1;
  else journal.refused.push({ object: nameOf(object), what: 'extended statistics', message: refusal.message });
}

async function acceptedParts(
  writer: StatisticsWriter & { readonly major: number },
  object: DataOfObject,
): Promise<ExtendedStatisticsData> {
  const nothing = {
    inherited: object.data.inherited,
    ndistinct: null,
    dependencies: null,
    mcv: null,
    expressions: null,
  };
  let accepted: ExtendedStatisticsData = nothing;
  for (const part of PARTS) {
    const only = { ...nothing, [part]: object.data[part] };
    const refusal = await probe(writer.connection, () => insertData(writer, { ...object, data: only }));
    if (refusal === null) accepted = { ...accepted, [part]: object.data[part] };
    else if (part === 'expressions') accepted = { ...accepted, expressions: await acceptedExpressions(writer, object) };
    else writer.journal.refused.push({ object: nameOf(object), what: part, message: refusal.message });
  }
  return accepted;
}

async function acceptedExpressions(
  writer: StatisticsWriter,
  object: DataOfObject,
): Promise<ExtendedStatisticsData['expressions']> {
  const accepted = [];
  for (const [at, expression] of (object.data.expressions ?? []).entries()) {
    const name = `${nameOf(object)} expression ${at + 1}`;
    accepted.push(expression === null ? null : await acceptedStatistics(writer, name, expression));
  }
  return accepted;
}

async function insertData(
  { connection, domains, major }: StatisticsWriter & { readonly major: number },
  { statistics, target, data }: DataOfObject,
): Promise<void> {
  const numbers: AttributeNumbers = new Map(target.columns.map(({ attname, attnum }) => [attname, attnum]));
  const expressions = data.expressions?.map((each, ordinal) => ({
    ordinal,
    ...(each === null ? {} : statisticRow(each, domains)),
  }));
  await connection.query(INSERT_DATA_SQL(major), [
    target.oid,
    data.inherited,
    data.ndistinct && encodeNdistinct(data.ndistinct, numbers),
    data.dependencies && encodeDependencies(data.dependencies, numbers),
    ...mcvParameters(data.mcv, dimensionOrder(statistics.columns, target)),
    expressions === undefined ? null : JSON.stringify(expressions),
  ]);
}

/**
 * For each column of the target's statistics object, its place in the snapshot. Expressions come after columns in both.
 */
export function dimensionOrder(
  columns: readonly string[],
  target: Pick<TargetStatisticsObject, 'columns'>,
): readonly number[] {
  return target.columns.map(({ attname }) => columns.indexOf(attname));
}

/**
 * Arguments of regress_planner.build_mcv_list: values and nulls, item after item, then frequencies and base
 * frequencies.
 */
function mcvParameters(items: readonly McvItem[] | null, columnOrder: readonly number[]): unknown[] {
  if (items === null) return [null, null, null, null];
  const values = items.flatMap((item) => [
    ...columnOrder.map((place) => item.values[place] ?? null),
    ...item.values.slice(columnOrder.length),
  ]);
  return [
    values,
    values.map((value) => value === null),
    items.map(({ frequency }) => frequency),
    items.map(({ base_frequency }) => base_frequency),
  ];
}

function nameOf({ statistics }: DataOfObject): string {
  return displayName(statistics.schemaname, statistics.statistics_name);
}
