import type { Connection } from '../../postgres/index.ts';
import { STATE_PARTS, type StatePart } from './state-parts.ts';

/** One part of the state that plans depend on: its number of objects, and their digest. */
interface PartState {
  readonly part: string;
  readonly objects: number;
  readonly digest: string;
}

/** The state that plans of a target depend on, at one moment. */
export interface TargetState {
  readonly parts: readonly PartState[];
  /**
   * The transaction that wrote the restored snapshot; objects changed later have a newer xmin. Null if none is
   * restored.
   */
  readonly restoredBy: string | null;
}

const MAY_READ_SQL = `
SELECT pg_catalog.has_table_privilege('pg_catalog.pg_statistic', 'SELECT') AS "pg_statistic",
  pg_catalog.has_table_privilege('pg_catalog.pg_statistic_ext_data', 'SELECT') AS "pg_statistic_ext_data"`;

const RESTORED_BY_SQL = `SELECT r.xmin::pg_catalog.text AS "restoredBy" FROM regress_planner.restored r`;

/**
 * Reads the state that plans of this database depend on: the restored snapshot, statistics, sizes of relations outside
 * the snapshot, and definitions. VACUUM, INSERT into a restored table and temporary tables do not change the result.
 * Needs the extension's tables. Throws DatabaseError.
 */
export async function readTargetState(connection: Connection): Promise<TargetState> {
  const parts = await connection.query<PartState>(stateSql(await readableParts(connection)));
  const [restored] = await connection.query<{ restoredBy: string }>(RESTORED_BY_SQL);
  return { parts, restoredBy: restored?.restoredBy ?? null };
}

async function readableParts(connection: Connection): Promise<readonly StatePart[]> {
  const [may] = await connection.query<Record<string, boolean>>(MAY_READ_SQL);
  return STATE_PARTS.filter(({ needs, instead }) =>
    instead === undefined ? needs === undefined || may?.[needs] === true : may?.[instead] === false,
  );
}

/**
 * Reads all parts in one statement, so that they belong to one moment. Digests are sums, so the order of rows is
 * irrelevant.
 */
function stateSql(parts: readonly StatePart[]): string {
  return parts
    .map(
      ({ part, from, where, row }) => `
SELECT '${part}' AS part, pg_catalog.count(*)::pg_catalog.int4 AS objects,
  COALESCE(pg_catalog.sum(pg_catalog.hash_record_extended(ROW(${row}), 0)), 0)::pg_catalog.text AS digest
FROM ${from}${where === undefined ? '' : `\nWHERE ${where}`}`,
    )
    .join('\nUNION ALL');
}

/** Objects named per part. */
const NAMED = 5;

/**
 * Describes changes since an earlier state, such as `statistics (public.orders)` and `indexes (1 fewer)`; empty if
 * nothing changed. Throws DatabaseError.
 */
export async function changesSince(connection: Connection, before: TargetState): Promise<string[]> {
  const now = await readTargetState(connection);
  const changed = before.parts.filter((old) => {
    const { objects, digest } = now.parts.find(({ part }) => part === old.part) ?? old;
    return objects !== old.objects || digest !== old.digest;
  });
  const words: string[] = [];
  for (const { part, objects } of changed) {
    const after = now.parts.find((each) => each.part === part)?.objects ?? 0;
    words.push(...(await changeInWords(connection, part, after - objects, before.restoredBy)));
  }
  return words;
}

async function changeInWords(
  connection: Connection,
  part: string,
  more: number,
  restoredBy: string | null,
): Promise<string[]> {
  const definition = STATE_PARTS.find((each) => each.part === part);
  const names = definition === undefined ? [] : await newerNames(connection, definition, restoredBy);
  const named = names.slice(0, NAMED).map((name) => `${part} (${name})`);
  if (names.length > NAMED) named.push(`more ${part}`);
  if (more < 0) named.push(`${part} (${-more} fewer)`);
  return named.length > 0 ? named : [part];
}

/** Names of a part's objects whose row is newer than the restored snapshot. */
async function newerNames(
  connection: Connection,
  { from, where, name, xmin }: StatePart,
  restoredBy: string | null,
): Promise<string[]> {
  if (name === undefined || xmin === undefined || restoredBy === null) return [];
  const sql = `
SELECT DISTINCT ${name} AS name FROM ${from}
WHERE pg_catalog.age(${xmin}) < pg_catalog.age($1::pg_catalog.text::pg_catalog.xid)${where === undefined ? '' : ` AND ${where}`}
ORDER BY 1 LIMIT ${NAMED + 1}`;
  return (await connection.query<{ name: string }>(sql, [restoredBy])).map((row) => row.name);
}
