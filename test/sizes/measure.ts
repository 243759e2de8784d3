import { readFile } from 'node:fs/promises';
import type { GinMetapage } from '../../src/model/snapshot.ts';
import { dumpSchema, putInto, withSnapshot } from '../fidelity/lab.ts';
import type { TestServer } from '../support/servers.ts';

/** A real index beside what the model says of it. */
export interface Measured {
  readonly name: string;
  readonly am: string;
  readonly definition: string;
  readonly pages: number;
  readonly height: number | null;
  readonly gin: GinMetapage | null;
  /** Null where the restore had no model. */
  readonly modelled: {
    readonly pages: number;
    readonly height: number | null;
    readonly gin: GinMetapage | null;
  } | null;
  /** Pages HypoPG says, and null where it was not asked or does not know. */
  readonly hypopg: number | null;
}

/** Data without the indexes, and the statements that create these. */
export interface DataSet {
  readonly name: string;
  readonly data: readonly string[];
  readonly indexes: string;
}

export async function sqlFile(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), 'utf8');
}

const EXTENSIONS = 'CREATE EXTENSION IF NOT EXISTS pg_trgm;';

/**
 * Takes a snapshot of the data without the indexes, lets a restore model them in an empty database, and then builds them
 * over the data.
 */
export async function measure(
  server: TestServer,
  { data, indexes }: DataSet,
): Promise<{
  readonly measured: Measured[];
  readonly production: string;
  readonly copy: string;
}> {
  const production = await server.createDatabase();
  await server.psql(production, EXTENSIONS);
  for (const sql of data) await server.psql(production, sql);
  await server.psql(production, 'VACUUM ANALYZE;');
  const copy = await server.createDatabase();
  await server.psql(copy, await dumpSchema(server, production));
  await server.psql(copy, indexes);
  await withSnapshot(server, production, (snapshot) => putInto(server, snapshot, copy));
  const hypopg = await hypotheticalPages(server, production, indexes);
  await server.psql(production, indexes);
  await server.psql(production, 'CREATE EXTENSION IF NOT EXISTS pageinspect');
  await server.psql(copy, 'CREATE EXTENSION IF NOT EXISTS pageinspect');
  const real = await json<Real>(server, production, REAL_SQL);
  const modelled = new Map((await json<Modelled>(server, copy, MODELLED_SQL)).map((row) => [row.name, row]));
  const created = new Set([...indexes.matchAll(/CREATE (?:UNIQUE )?INDEX (\S+|"[^"]+") ON/g)].map((match) => match[1]));
  const measured = real
    .filter(({ name }) => created.has(name) || created.has(`"${name}"`))
    .map((row) => ({ ...row, modelled: modelled.get(row.name) ?? null, hypopg: hypopg.get(row.name) ?? null }));
  return { measured, production, copy };
}

type Real = Pick<Measured, 'name' | 'am' | 'definition' | 'pages' | 'height' | 'gin'>;
type Modelled = NonNullable<Measured['modelled']> & { readonly name: string };

const GIN = (
  index: string,
): string => `(SELECT json_build_object('nPendingPages', m.n_pending_pages, 'nTotalPages', m.n_total_pages,
  'nEntryPages', m.n_entry_pages, 'nDataPages', m.n_data_pages, 'nEntries', m.n_entries)
  FROM gin_metapage_info(get_raw_page(${index}::regclass::text, 0)) m)`;

const REAL_SQL = `
SELECT c.relname AS name, am.amname AS am, pg_get_indexdef(c.oid) AS definition,
  pg_relation_size(c.oid) / current_setting('block_size')::int AS pages,
  CASE WHEN am.amname = 'btree' THEN (SELECT m.fastlevel FROM bt_metap(c.oid::regclass::text) m) END AS height,
  CASE WHEN am.amname = 'gin' THEN ${GIN('c.oid')} END AS gin
FROM pg_class c JOIN pg_am am ON am.oid = c.relam
WHERE c.relkind = 'i' AND c.oid >= 16384 AND c.relnamespace <> 'pg_toast'::regnamespace
ORDER BY am.amname, c.relname`;

const MODELLED_SQL = `
SELECT c.relname AS name, i.pages, i.tree_height AS height,
  CASE WHEN i.gin_shadow IS NOT NULL THEN ${GIN('i.gin_shadow')} END AS gin
FROM regress_planner.index i JOIN pg_class c ON c.oid = i.indexrelid
ORDER BY c.relname`;

async function json<Row>(server: TestServer, database: string, sql: string): Promise<Row[]> {
  return JSON.parse(await server.psql(database, `SELECT COALESCE(json_agg(q), '[]') FROM (${sql}) AS q`)) as Row[];
}

/** What HypoPG says of the same B-trees, by their names; empty, said aloud, where it is not installed. */
async function hypotheticalPages(server: TestServer, database: string, indexes: string): Promise<Map<string, number>> {
  const [row] = await json<{ there: boolean }>(
    server,
    database,
    `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'hypopg') AS there`,
  );
  if (!row?.there) {
    console.warn(`SKIPPED: HypoPG beside our sizes (Debian: postgresql-NN-hypopg)`);
    return new Map();
  }
  const pages = new Map<string, number>();
  await server.psql(database, 'CREATE EXTENSION hypopg');
  const statements = indexes
    .split(/;\s*\n/)
    .filter((each) => /^CREATE (UNIQUE )?INDEX/.test(each) && !/ USING /.test(each));
  for (const statement of statements) {
    const name = /INDEX (\S+|"[^"]+") ON/.exec(statement)?.[1]?.replaceAll('"', '') ?? '';
    const sql = `SELECT hypopg_relation_size(i.indexrelid) / 8192 FROM hypopg_create_index($sql$${statement}$sql$) i`;
    // It knows neither every option nor every expression.
    const size = await server.psql(database, sql).catch(() => '');
    if (size.trim() !== '') pages.set(name, Number(size));
  }
  await server.psql(database, 'DROP EXTENSION hypopg');
  return pages;
}

/** max(model / real, real / model). */
export function factor(model: number, real: number): number {
  return Math.max(model / real, real / model);
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
