import type { AttributeStatistics, StatisticsSlot } from '../../model/snapshot.ts';
import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
import type { Connection } from '../../postgres/index.ts';

/**
 * Types that array_send() cannot send: those without a send function, and those that contain one of these. The element
 * type of an anyarray shows only in the bytes of array_send(), which fails for these types.
 */
export const UNSENDABLE_TYPES_SQL = `SELECT u.oid FROM (WITH RECURSIVE unsendable AS (
  SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typsend = 0
  UNION
  SELECT h.oid FROM unsendable u JOIN (
    SELECT t.typelem AS part, t.oid FROM pg_catalog.pg_type t WHERE t.typelem <> 0
    UNION ALL
    SELECT t.typbasetype, t.oid FROM pg_catalog.pg_type t WHERE t.typbasetype <> 0
    UNION ALL
    SELECT r.rngsubtype, r.rngtypid FROM pg_catalog.pg_range r
    UNION ALL
    SELECT r.rngsubtype, r.rngmultitypid FROM pg_catalog.pg_range r
    UNION ALL
    SELECT a.atttypid, t.oid FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.typrelid = a.attrelid
    WHERE a.attnum > 0 AND NOT a.attisdropped) h ON h.part = u.oid)
SELECT oid FROM unsendable) u
ORDER BY u.oid`;

/** Sources of the rows of pg_statistic and pg_statistic_ext_data: FROM items in which $1 holds the OIDs to read. */
export interface StatisticsSource {
  readonly statistics: string;
  readonly extended: string;
  /** FROM item over a row `d` of `extended`: its most common values, as pg_mcv_list_items() returns them. */
  readonly items: string;
  /** FROM item over a row `d` of `extended`: position and pg_statistic row of each expression. */
  readonly expressions: string;
}

const OF_CATALOG_ROWS = {
  items: 'pg_catalog.pg_mcv_list_items(d.stxdmcv)',
  expressions: `(SELECT i AS position, d.stxdexpr[i] AS expression FROM pg_catalog.generate_subscripts(d.stxdexpr, 1) AS i)`,
};

/** The catalogs themselves. */
export const CATALOGS: StatisticsSource = {
  statistics: 'pg_catalog.pg_statistic',
  extended: 'pg_catalog.pg_statistic_ext_data',
  ...OF_CATALOG_ROWS,
};

/** The helper functions, for a role that may not read the catalogs. */
export const HELPER_FUNCTIONS: StatisticsSource = {
  statistics: 'regress.statistics($1::pg_catalog.oid[])',
  extended: 'regress.extended_statistics($1::pg_catalog.oid[])',
  ...OF_CATALOG_ROWS,
};

/** Kinds of pg_statistic.h that hold no value of the column: correlation, and counts of distinct array elements. */
const VALUELESS_KINDS = '(3, 5)';

/** Columns that `slotsOf` has for each slot; see `slotColumns`. */
const SLOT_FIELDS = ['kind', 'op', 'coll', 'numbers', 'values', 'sent'];

/**
 * Condition on a relation's OID and a column's name for columns of system catalogs whose values are confidential:
 * passwords, connection strings and other options, contents of large objects, and defaults of rows older than their
 * column.
 */
export function isSecretColumn(relation: string, column: string): string {
  return `(${relation}, ${column}) IN ((1260, 'rolpassword'), (6100, 'subconninfo'), (1418, 'umoptions'), (1417, 'srvoptions'),
    (2328, 'fdwoptions'), (3118, 'ftoptions'), (2964, 'setconfig'), (2613, 'data'), (1249, 'attmissingval'))`;
}

/**
 * FROM item `k` with the five slots of a pg_statistic row. `row` is the row's alias or expression. Unless the condition
 * `values` holds, no column value leaves the server. `sendable` is the condition under which array_send() is safe.
 */
function slotsOf(row: string, values: string, sendable: string): string {
  const slot = (n: number): string => `(${n}, ${row}.stakind${n}, ${row}.staop${n}, ${row}.stacoll${n},
    CASE WHEN ${values} OR ${row}.stakind${n} IN ${VALUELESS_KINDS} THEN ${row}.stanumbers${n}::pg_catalog.text END,
    CASE WHEN ${values} THEN ${row}.stavalues${n}::pg_catalog.text END,
    CASE WHEN ${values} AND ${sendable} THEN pg_catalog.array_send(${row}.stavalues${n}) END)`;
  return `(VALUES ${[1, 2, 3, 4, 5].map(slot).join(',\n  ')}) AS k (n, ${SLOT_FIELDS.join(', ')})`;
}

/** Four bytes of array_send()'s result as an OID, from byte `position` on (array_send in arrayfuncs.c). */
function oidAt(position: string): string {
  return `('x' || pg_catalog.encode(pg_catalog.substr(k.sent, ${position}, 4), 'hex'))::pg_catalog.bit(32)::pg_catalog.int4::pg_catalog.oid`;
}

/**
 * Columns of one slot. regproc and regoper print names that may be ambiguous, so their values are written as regprocedure
 * and regoperator; system objects, and all objects in a system catalog (`numbers`), are written as OIDs. A pg_node_tree
 * cannot be read from text, but the operators of its statistics treat it as text. `fallback` is the element type if
 * array_send() cannot be called.
 */
function slotColumns(fallback: string, numbers: string): string {
  const elements = (
    type: string,
  ): string => `ARRAY(SELECT CASE WHEN v.oid < ${FIRST_USER_OID} OR ${numbers} THEN v.oid::pg_catalog.text
            ELSE v.oid::pg_catalog.${type}::pg_catalog.text END
          FROM (SELECT i, ${oidAt('21 + 8 * i + 4')} AS oid
                FROM pg_catalog.generate_series(0, (pg_catalog.length(k.sent) - 20) / 8 - 1) AS i) v
          ORDER BY v.i)::pg_catalog.text`;
  return `k.kind AS stakind,
       CASE WHEN k.op <> 0 THEN k.op::pg_catalog.regoperator::pg_catalog.text END AS staop,
       CASE WHEN k.coll <> 0 THEN k.coll::pg_catalog.regcollation::pg_catalog.text END AS stacoll,
       k.numbers AS stanumbers,
       CASE ${oidAt('9')}
         WHEN 24 THEN ${elements('regprocedure')}
         WHEN 2203 THEN ${elements('regoperator')}
         ELSE k.values
       END AS stavalues,
       CASE WHEN k.values IS NOT NULL THEN
         CASE ${oidAt('9')}
           WHEN 24 THEN 'regprocedure'
           WHEN 2203 THEN 'regoperator'
           WHEN 194 THEN 'text'
           ELSE COALESCE(${oidAt('9')}, ${fallback})::pg_catalog.regtype::pg_catalog.text
         END
       END AS elemtype`;
}

/** Conditions: values are read at all, and those of column `a` are read. */
const VALUES = '$2::pg_catalog.bool';
const OPEN_VALUES = `(${VALUES} AND NOT ${isSecretColumn('a.attrelid', 'a.attname')})`;

const FIGURES = (row: string): string =>
  `${row}.stanullfrac AS null_frac, ${row}.stawidth AS avg_width, ${row}.stadistinct AS n_distinct`;

/**
 * Column statistics of relations and indexes ($1): one row per used slot, or one row without a slot. $3 holds the types
 * for which array_send() fails; one NULL means every type. For these the element type follows from the slot's kind: the
 * column's own type, its element type (MCELEM), or float8 (range lengths).
 */
export function statisticsSql(from: StatisticsSource): string {
  return `SELECT s.starelid, s.staattnum, a.attname, s.stainherit AS inherited,
       ${FIGURES('s')},
       ${slotColumns(
         `CASE k.kind WHEN 4 THEN NULLIF(t.typelem, 0) WHEN 6 THEN 701 ELSE COALESCE((
         SELECT p.oprleft FROM pg_catalog.pg_operator p
         JOIN pg_catalog.pg_type l ON l.oid = p.oprleft AND l.typtype <> 'p'
         JOIN pg_catalog.pg_index i ON i.indexrelid = s.starelid
         WHERE p.oid = k.op), t.oid) END`,
         `s.starelid < ${FIRST_USER_OID}`,
       )}
FROM ${from.statistics} s
JOIN pg_catalog.pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN LATERAL ${slotsOf('s', OPEN_VALUES, 'a.atttypid <> ALL ($3::pg_catalog.oid[])')} ON ${usedSlot(OPEN_VALUES)}
WHERE s.starelid = ANY ($1::pg_catalog.oid[])
ORDER BY s.starelid, s.staattnum, s.stainherit, k.n`;
}

/** Like statisticsSql, for the expressions of statistics objects ($1); $3 says whether to call array_send(). */
export function expressionStatisticsSql(stxdinherit: string, from: StatisticsSource): string {
  return `SELECT d.stxoid, ${stxdinherit} AS inherited, e.position, e.expression IS DISTINCT FROM NULL AS analyzed,
       ${FIGURES('(e.expression)')},
       ${slotColumns('CASE k.kind WHEN 6 THEN 701 END', 'false')}
FROM ${from.extended} d
JOIN pg_catalog.pg_statistic_ext x ON x.oid = d.stxoid
JOIN pg_catalog.pg_class c ON c.oid = x.stxrelid
CROSS JOIN LATERAL ${from.expressions} e
LEFT JOIN LATERAL ${slotsOf('(e.expression)', VALUES, '$3::pg_catalog.bool')} ON ${usedSlot(VALUES)}
WHERE d.stxoid = ANY ($1::pg_catalog.oid[])
ORDER BY d.stxoid, 2, e.position, k.n`;
}

/** Condition for a slot in use; without values, only for one that holds none. */
function usedSlot(values: string): string {
  return `k.kind <> 0 AND (${values} OR k.kind IN ${VALUELESS_KINDS})`;
}

/** A row of either statement: figures, which repeat for each slot, and one slot, or nulls if no slot is used. */
export interface SlotRow extends Omit<StatisticsSlot, 'stakind'> {
  readonly null_frac: number;
  readonly avg_width: number;
  readonly n_distinct: number;
  readonly stakind: number | null;
}

export interface StatisticsRow extends SlotRow {
  readonly starelid: number;
  readonly staattnum: number;
  readonly attname: string;
  readonly inherited: boolean;
}

export async function readUnsendableTypes(connection: Connection): Promise<number[]> {
  return (await connection.query<{ oid: number }>(UNSENDABLE_TYPES_SQL)).map((row) => row.oid);
}

/** Reads statistics of relations and indexes; `unsendable` null: array_send() is not called at all. */
export function readStatistics(
  connection: Connection,
  oids: readonly number[],
  values: boolean,
  unsendable: readonly number[] | null,
  from: StatisticsSource,
): Promise<StatisticsRow[]> {
  return connection.query<StatisticsRow>(statisticsSql(from), [oids, values, unsendable ?? [null]]);
}

/** Combines the rows of one column or expression. */
export function attributeStatistics(rows: readonly [SlotRow, ...SlotRow[]]): AttributeStatistics {
  const [{ null_frac, avg_width, n_distinct }] = rows;
  return {
    null_frac,
    avg_width,
    n_distinct,
    slots: rows
      .filter((row): row is SlotRow & { stakind: number } => row.stakind !== null)
      .map(({ stakind, staop, stacoll, stanumbers, stavalues, elemtype }) => ({
        stakind,
        staop,
        stacoll,
        stanumbers,
        stavalues,
        elemtype,
      })),
  };
}
