import { readFile } from 'node:fs/promises';
import type { GinMetapage, Snapshot } from '../../../src/model/snapshot.ts';
import { dumpSchema, putInto, withSnapshot } from '../../fidelity/lab.ts';
import type { TestServer } from '../../support/servers.ts';

/** A real index, as CREATE INDEX builds it, beside what the model says of it. */
export interface Measured {
  readonly name: string;
  readonly am: string;
  readonly definition: string;
  /** True where a key is an expression. */
  readonly expression: boolean;
  readonly pages: number;
  readonly height: number | null;
  readonly gin: GinMetapage | null;
  /** Null where the restore had no model. */
  readonly modelled: {
    readonly pages: number;
    readonly height: number | null;
    readonly gin: GinMetapage | null;
  } | null;
  /** Pages HypoPG says of a B-tree; null where it is not installed or does not know. */
  readonly hypopg: number | null;
}

/** A filled database, an empty one with the same schema and the statistics of the first, and every index of both. */
export interface Measurement {
  readonly production: string;
  readonly copy: string;
  readonly indexes: readonly Measured[];
}

export async function sqlFile(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8');
}

/** A snapshot in which no table has an index. */
export function withoutIndexes(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    async *relations() {
      for await (const relation of snapshot.relations()) yield { ...relation, indexes: [] };
    },
  };
}

/** Fills a database, hides its indexes from the snapshot, and lets a restore model them in an empty copy. */
export async function measure(server: TestServer, data: readonly string[]): Promise<Measurement> {
  const production = await server.createDatabase();
  for (const sql of data) await server.psql(production, sql);
  await server.psql(production, 'CREATE EXTENSION IF NOT EXISTS pageinspect');
  await server.psql(production, `REINDEX DATABASE "${production}"; VACUUM ANALYZE;`);
  const copy = await server.createDatabase();
  await server.psql(copy, await dumpSchema(server, production));
  await withSnapshot(server, production, (snapshot) => putInto(server, withoutIndexes(snapshot), copy));
  const real = await json<Real>(server, production, REAL_SQL);
  const modelled = new Map((await json<Modelled>(server, copy, MODELLED_SQL)).map((row) => [row.name, row]));
  const hypopg = await hypotheticalPages(server, production, real);
  const indexes = real.map((row) => ({
    ...row,
    modelled: modelled.get(row.name) ?? null,
    hypopg: hypopg.get(row.name) ?? null,
  }));
  return { production, copy, indexes };
}

type Real = Pick<Measured, 'name' | 'am' | 'definition' | 'expression' | 'pages' | 'height' | 'gin'>;
type Modelled = NonNullable<Measured['modelled']> & { readonly name: string };

const SCHEMA = `(SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pageinspect')`;
const GIN = (
  index: string,
): string => `(SELECT json_build_object('nPendingPages', m.n_pending_pages, 'nTotalPages', m.n_total_pages,
  'nEntryPages', m.n_entry_pages, 'nDataPages', m.n_data_pages, 'nEntries', m.n_entries)
  FROM gin_metapage_info(get_raw_page(${index}::regclass::text, 0)) m)`;
const SEARCH_PATH = `SELECT set_config('search_path', ${SCHEMA} || ', public', false) \\g /dev/null\n`;

const REAL_SQL = `
SELECT c.oid::regclass::text AS name, am.amname AS am, pg_get_indexdef(c.oid) AS definition, 0 = ANY (i.indkey::int2[]) AS expression,
  pg_relation_size(c.oid) / current_setting('block_size')::int AS pages,
  CASE WHEN am.amname = 'btree' THEN (SELECT m.fastlevel FROM bt_metap(c.oid::regclass::text) m) END AS height,
  CASE WHEN am.amname = 'gin' THEN ${GIN('c.oid')} END AS gin
FROM pg_class c JOIN pg_am am ON am.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid
WHERE c.relkind = 'i' AND c.oid >= 16384 AND c.relnamespace <> 'pg_toast'::regnamespace AND c.relpersistence = 'p'
ORDER BY am.amname, 1`;

const MODELLED_SQL = `
SELECT i.indexrelid::regclass::text AS name, i.pages, i.tree_height AS height,
  CASE WHEN i.gin_shadow IS NOT NULL THEN ${GIN('i.gin_shadow')} END AS gin
FROM regress_planner.index i
ORDER BY 1`;

async function json<Row>(server: TestServer, database: string, sql: string): Promise<Row[]> {
  const query = `${SEARCH_PATH}SELECT COALESCE(json_agg(q), '[]') FROM (${sql}) AS q;`;
  return JSON.parse(await server.psql(database, query)) as Row[];
}

/** What HypoPG says of the same B-trees, by their names; empty, said aloud, where it is not installed. */
async function hypotheticalPages(
  server: TestServer,
  database: string,
  real: readonly Real[],
): Promise<Map<string, number>> {
  const available = `SELECT count(*) FROM pg_available_extensions WHERE name = 'hypopg'`;
  if ((await server.psql(database, available)) === '0') {
    console.warn('SKIPPED: HypoPG beside our sizes (Debian: apt-get install postgresql-15-hypopg)');
    return new Map();
  }
  const pages = new Map<string, number>();
  await server.psql(database, 'CREATE EXTENSION IF NOT EXISTS hypopg');
  for (const { name, definition } of real.filter(({ am }) => am === 'btree')) {
    const sql = `SELECT hypopg_relation_size(i.indexrelid) / current_setting('block_size')::int FROM hypopg_create_index($sql$${definition}$sql$) i`;
    // It knows neither every option nor every expression.
    const size = await server.psql(database, sql).catch(() => '');
    if (size.trim() !== '') pages.set(name, Number(size));
  }
  return pages;
}

/** How many times too large or too small a size is. */
export function factor(model: number, real: number): number {
  return Math.max(model / real, real / model);
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
