import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
import { quoteLiteral } from '../../postgres/index.ts';
import type { Branch } from './branches.ts';
import type { IndexKey, IndexRow } from './indexes.ts';

/** An end of an index, in the order of its leading key's operator class: the least value, or the greatest. */
export type End = 'min' | 'max';

/** An end of the leading key, read as the first row of an ordered index scan. NULLs are left out, as the planner does. */
export function endBranch(index: IndexRow, key: IndexKey, end: End): Branch {
  const expression = `(${key.expression})`;
  const forward = key.descending === (end === 'max');
  const printed = `pg_catalog.format('%s', ${expression})`;
  // Names of regproc and regoper may be ambiguous. OIDs are not, and those of system objects are the same everywhere.
  const own = index.oid < FIRST_USER_OID ? 'true' : `${expression}::pg_catalog.oid < ${FIRST_USER_OID}`;
  const value = key.by_number
    ? `CASE WHEN ${own} THEN ${expression}::pg_catalog.oid::pg_catalog.text ELSE ${printed} END`
    : printed;
  return (alias) => `SELECT ${value} AS value FROM ONLY ${index.table} AS ${alias}
WHERE ${expression} IS DISTINCT FROM NULL ORDER BY ${orderOf(key, forward)} LIMIT 1`;
}

/** The first row in the full order of an index, which only that index (or one that starts with all its keys) supplies. */
export function orderedBranch(index: IndexRow): Branch {
  const where = index.predicate === null ? '' : `WHERE ${index.predicate} `;
  const order = index.keys.map((key) => orderOf(key, true)).join(', ');
  const first = index.keys[0]?.expression ?? '1';
  return (alias) => `SELECT (${first}) AS value FROM ONLY ${index.table} AS ${alias} ${where}ORDER BY ${order} LIMIT 1`;
}

/** A condition on the leading key that any operator class supports. */
export function notNullBranch(index: IndexRow): Branch {
  const where = index.predicate === null ? '' : `(${index.predicate}) AND `;
  return (alias) => `SELECT 1 AS value FROM ONLY ${index.table} AS ${alias}
WHERE ${where}(${index.keys[0]?.expression ?? '1'}) IS DISTINCT FROM NULL`;
}

/** All rows of the table. */
export function allBranch(index: IndexRow): Branch {
  return (alias) => `SELECT 1 AS value FROM ONLY ${index.table} AS ${alias}`;
}

/** The rows beyond a value at one end, to see how many are planned. The cast is for row types, which take no bare literal. */
export function beyondBranch(index: IndexRow, key: IndexKey, end: End, value: string): Branch {
  const operator = end === 'min' ? key.less : key.greater;
  return (alias) =>
    `SELECT 1 AS value FROM ONLY ${index.table} AS ${alias} WHERE (${key.expression}) ${operator} ${quoteLiteral(value)}::${key.type}`;
}

/** Writes USING only if ASC and DESC would mean another operator class, because USING fails for a domain over an enum. */
function orderOf(key: IndexKey, forward: boolean): string {
  const descending = key.descending === forward;
  const nullsFirst = key.nulls_first === forward;
  const collation = key.collation === null ? '' : ` COLLATE ${key.collation}`;
  const direction = key.opcdefault ? (descending ? 'DESC' : 'ASC') : `USING ${descending ? key.greater : key.less}`;
  return `(${key.expression})${collation} ${direction} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}
