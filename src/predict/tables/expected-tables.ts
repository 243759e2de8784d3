import type { TargetRelation } from '../../catalog/index.ts';
import { displayName } from '../../catalog/index.ts';
import type { Connection } from '../../postgres/index.ts';
import { readColumnFacts } from '../indexes/index-facts.ts';
import { around } from '../indexes/key-distribution.ts';
import type { SizedTable, TargetObjects } from '../prediction.ts';
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
 * The tables that production does not have and of which regress.yaml expects rows: as after VACUUM, with pages by the
 * widths of their columns' types. Warns of each expectation that no table of the target meets.
 */
export async function expectedTables(
  connection: Connection,
  { catalog, known }: TargetObjects,
  { expect, warn }: Expectations,
): Promise<SizedTable[]> {
  const sized: SizedTable[] = [];
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
      const basis = [
        'regress.yaml expects so many rows; its pages follow from the types of its columns.',
        'It has no statistics: conditions on its columns are estimated by the defaults of the planner.',
      ];
      sized.push({ oid, pages: await expectedPages(connection, oid, rows), rows, basis });
    }
  }
  return sized;
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
