import type { MajorSql } from '../../environment/index.ts';
import type { ExtendedStatistics, ExtendedStatisticsData, McvItem } from '../../model/statistics.ts';
import type { Connection } from '../../postgres/index.ts';
import { type AttributeNames, decodeDependencies, decodeNdistinct } from './extended-decoding.ts';
import { groupBy } from './group-by.ts';
import { attributeStatistics, expressionStatisticsSql, type SlotRow, type StatisticsSource } from './statistics.ts';

export const EXTENDED_SQL = `SELECT x.oid, x.stxrelid, n.nspname AS schemaname, x.stxname AS statistics_name,
       pg_catalog.pg_get_statisticsobjdef(x.oid) AS definition,
       ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY a.attnum) AS columns,
       pg_catalog.row_number() OVER (PARTITION BY x.stxrelid ORDER BY x.oid)::pg_catalog.int4 AS ordinal
FROM pg_catalog.pg_statistic_ext x
JOIN pg_catalog.pg_namespace n ON n.oid = x.stxnamespace
WHERE x.stxrelid = ANY ($1::pg_catalog.oid[])
ORDER BY x.stxrelid, n.nspname, x.stxname`;

/** Reads ndistinct and dependencies as bytes, because their text form rounds. */
export function extendedDataSql(dialect: MajorSql, from: StatisticsSource): string {
  return `SELECT d.stxoid, ${dialect.stxdinherit} AS inherited,
       d.stxdndistinct::pg_catalog.bytea AS ndistinct, d.stxddependencies::pg_catalog.bytea AS dependencies,
       d.stxdmcv IS NOT NULL AS has_mcv, d.stxdexpr IS NOT NULL AS has_expressions
FROM ${from.extended} d
JOIN pg_catalog.pg_statistic_ext x ON x.oid = d.stxoid
JOIN pg_catalog.pg_class c ON c.oid = x.stxrelid
WHERE d.stxoid = ANY ($1::pg_catalog.oid[])
ORDER BY d.stxoid, 2`;
}

export function extendedMcvSql(dialect: MajorSql, from: StatisticsSource): string {
  return `SELECT d.stxoid, ${dialect.stxdinherit} AS inherited, m.values, m.nulls, m.frequency, m.base_frequency
FROM ${from.extended} d
JOIN pg_catalog.pg_statistic_ext x ON x.oid = d.stxoid
JOIN pg_catalog.pg_class c ON c.oid = x.stxrelid
CROSS JOIN LATERAL ${from.items} m
WHERE d.stxoid = ANY ($1::pg_catalog.oid[])
ORDER BY d.stxoid, 2, m.index`;
}

interface ExtendedRow {
  readonly oid: number;
  readonly stxrelid: number;
  readonly schemaname: string;
  readonly statistics_name: string;
  readonly definition: string;
  readonly columns: readonly string[];
  readonly ordinal: number;
}

interface DataKey {
  readonly stxoid: number;
  readonly inherited: boolean;
}

interface DataRow extends DataKey {
  readonly ndistinct: Buffer | null;
  readonly dependencies: Buffer | null;
  readonly has_mcv: boolean;
  readonly has_expressions: boolean;
}

interface McvRow extends DataKey {
  readonly values: readonly (string | null)[];
  readonly nulls: readonly boolean[];
  readonly frequency: number;
  readonly base_frequency: number;
}

type ExpressionRow = DataKey & SlotRow & { readonly position: number; readonly analyzed: boolean };

export interface ExtendedOptions {
  /** False: no column values are read. */
  readonly values: boolean;
  /** False: array_send() is not called to find element types. */
  readonly elementTypes: boolean;
  readonly from: StatisticsSource;
}

/** Reads the statistics objects of tables, by table OID; `names` has the columns of each table by attribute number. */
export async function readExtendedStatistics(
  connection: Connection,
  dialect: MajorSql,
  tables: readonly number[],
  names: ReadonlyMap<number, AttributeNames>,
  options: ExtendedOptions,
): Promise<Map<number, ExtendedStatistics[]>> {
  const objects = await connection.query<ExtendedRow>(EXTENDED_SQL, [tables]);
  const oids = objects.map((object) => object.oid);
  const readData = oids.length > 0;
  const data = readData ? await connection.query<DataRow>(extendedDataSql(dialect, options.from), [oids]) : [];
  const mcv =
    readData && options.values ? await connection.query<McvRow>(extendedMcvSql(dialect, options.from), [oids]) : [];
  const expressions = readData
    ? await connection.query<ExpressionRow>(expressionStatisticsSql(dialect.stxdinherit, options.from), [
        oids,
        options.values,
        options.elementTypes,
      ])
    : [];
  const mcvOf = groupBy(mcv, keyOf);
  const expressionsOf = groupBy(expressions, keyOf);
  const found = new Map<number, ExtendedStatistics[]>();
  for (const { oid, stxrelid, ...object } of objects) {
    const rows = data.filter((row) => row.stxoid === oid);
    const decoded = rows.map((row) =>
      decodeData(row, names.get(stxrelid) ?? new Map(), mcvOf.get(keyOf(row)), expressionsOf.get(keyOf(row))),
    );
    found.set(stxrelid, [...(found.get(stxrelid) ?? []), { ...object, data: decoded }]);
  }
  return found;
}

function keyOf(row: DataKey): string {
  return `${row.stxoid} ${row.inherited}`;
}

function decodeData(
  row: DataRow,
  names: AttributeNames,
  mcv: readonly McvRow[] | undefined,
  expressions: readonly ExpressionRow[] | undefined,
): ExtendedStatisticsData {
  return {
    inherited: row.inherited,
    ndistinct: row.ndistinct && decodeNdistinct(row.ndistinct, names),
    dependencies: row.dependencies && decodeDependencies(row.dependencies, names),
    mcv: row.has_mcv && mcv !== undefined ? mcv.map(mcvItem) : null,
    expressions: row.has_expressions ? decodeExpressions(expressions ?? []) : null,
  };
}

function mcvItem(row: McvRow): McvItem {
  return {
    values: row.values.map((value, i) => (row.nulls[i] === true ? null : value)),
    frequency: row.frequency,
    base_frequency: row.base_frequency,
  };
}

function decodeExpressions(rows: readonly ExpressionRow[]): ExtendedStatisticsData['expressions'] {
  return [...groupBy(rows, (row) => row.position).values()].map((slots) =>
    slots[0].analyzed ? attributeStatistics(slots) : null,
  );
}
