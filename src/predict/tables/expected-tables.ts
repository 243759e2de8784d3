import type { TargetRelation } from '../../catalog/index.ts';
import { displayName } from '../../catalog/index.ts';
import type { Connection } from '../../postgres/index.ts';
import type { Restoration } from '../../restore/index.ts';
import type { Estimates } from '../indexes/index-estimate.ts';
import { readColumnFacts } from '../indexes/index-facts.ts';
import { around } from '../indexes/key-distribution.ts';
import { tablePages } from '../sizes/heap.ts';
import { storageParameter } from '../sizes/page.ts';
import { typeWidth } from '../sizes/tuple-sizes.ts';

export interface Expectations {
  /** Rows by the name of a table, with its schema or without. */
  readonly expect: ReadonlyMap<string, { readonly rows: number }>;
  warn(message: string): void;
}

const OPTIONS_SQL = `SELECT COALESCE(c.reloptions, '{}') AS reloptions, pg_catalog.current_setting('block_size')::pg_catalog.int4 AS "blockSize"
FROM pg_catalog.pg_class c WHERE c.oid = $1`;

/**
 * Gives tables that production does not have the rows that are expected of them, as after VACUUM, and pages by the widths
 * of their columns' types. What is expected of no such table is said.
 */
export async function expectTables(
  connection: Connection,
  { catalog, known, facts }: Restoration,
  { expect, warn }: Expectations,
  estimates: Estimates,
): Promise<void> {
  for (const [name, { rows }] of expect) {
    const named = [...catalog.relations.values()].filter((relation) => isNamed(relation, name));
    const tables = named.filter(({ oid, relkind }) => !known.has(oid) && ['r', 'm'].includes(relkind));
    if (tables.length === 0) {
      const why =
        named.length === 0
          ? 'the target has no such table'
          : named.some(({ oid }) => known.has(oid))
            ? 'the snapshot knows it'
            : 'it holds no rows of its own';
      warn(`expect: tables: ${name} is not used: ${why}`);
    }
    for (const { oid } of tables) {
      const pages = await expectedPages(connection, oid, rows);
      const figures = { relpages: pages, reltuples: rows, relallvisible: pages, relhassubclass: false };
      facts.classes.push({ oid, ...figures, relallfrozen: null });
      facts.relations.push({ relid: oid, pages, ...figures, tablespace: facts.tablespaces.oidFor(null) });
      const basis = [
        'regress.yaml expects so many rows; its pages follow from the types of its columns.',
        'It has no statistics: conditions on its columns are estimated by the defaults of the planner.',
      ];
      estimates.set(oid, { pages, tuples: rows, tree_height: null, basis });
    }
  }
}

function isNamed({ schemaname, relname }: TargetRelation, name: string): boolean {
  return name === relname || name === `${schemaname}.${relname}` || name === displayName(schemaname, relname);
}

async function expectedPages(connection: Connection, oid: number, rows: number): Promise<number> {
  const [options] = await connection.query<{ reloptions: string[]; blockSize: number }>(OPTIONS_SQL, [oid]);
  const attnums = await connection.query<{ attnum: number }>(
    `SELECT a.attnum FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [oid],
  );
  const columns = await readColumnFacts(
    connection,
    oid,
    attnums.map(({ attnum }) => attnum),
  );
  const sized = columns.map((column) => ({
    ...column,
    widths: around(typeWidth(column.typname, column.length, column.typmod), column),
  }));
  const fillfactor = Number(storageParameter(options?.reloptions ?? [], 'fillfactor') ?? 100);
  return tablePages(rows, sized, { fillfactor, blockSize: options?.blockSize ?? 8192 });
}
