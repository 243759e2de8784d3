import { readFile } from 'node:fs/promises';
import { type Connection, quoteIdent } from '../../src/postgres/index.ts';
import type { RestoreReport } from '../../src/restore/index.ts';
import type { TestServer } from '../support/servers.ts';
import { dumpSchema, restoreInto } from './lab.ts';

/** A filled database that has everything a schema can hold, and an empty one with its schema and its snapshot. */
export interface Everything {
  readonly production: string;
  readonly copy: string;
  readonly restored: RestoreReport;
}

/** How a lab is made. */
export interface EverythingOptions {
  /** What CREATE DATABASE says of the locale; the server's own where empty. */
  readonly locale: string;
  /** With PostGIS, which the server has. */
  readonly postgis: boolean;
  /** With the table of more than 2^24 rows. */
  readonly huge: boolean;
}

const PARTS = ['types', 'indexes', 'contrib', 'features'];

/** Fills production, copies its schema with pg_dump, takes a snapshot and restores it. */
export async function makeEverything(server: TestServer, options: EverythingOptions): Promise<Everything> {
  const production = await createDatabase(server, options.locale);
  const parts = options.postgis ? [...PARTS, 'postgis'] : PARTS;
  await server.psql(production, 'CREATE SCHEMA inspect; CREATE EXTENSION pageinspect SCHEMA inspect');
  const late = options.huge ? ['huge.data', 'drift', 'late.schema'] : ['drift', 'late.schema'];
  for (const file of [...parts.map((part) => `${part}.schema`), ...parts.map((part) => `${part}.data`), ...late]) {
    await server.psql(production, await sqlFile(file));
  }
  const copy = await createDatabase(server, options.locale);
  // As psql's own search_path would: before 17 the functions of earthdistance do not find each other without it.
  const dump = await dumpSchema(server, production);
  await server.psql(
    copy,
    dump.replace("set_config('search_path', '', false)", "set_config('search_path', 'public', false)"),
  );
  return { production, copy, restored: await restoreInto(server, production, copy) };
}

/** The statements written by hand, one on a line. */
export async function writtenQueries(postgis: boolean): Promise<string[]> {
  const files = postgis ? ['queries', 'postgis.queries'] : ['queries'];
  const texts = await Promise.all(files.map(sqlFile));
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
}

/** True where the server has an extension to create. */
export async function hasExtension(server: TestServer, name: string): Promise<boolean> {
  const found = await server.psql('postgres', `SELECT 1 FROM pg_available_extensions WHERE name = '${name}'`);
  return found === '1';
}

/**
 * A digest of EXPLAIN (FORMAT JSON) of each query, or PostgreSQL's error. One statement of the server's own for all,
 * because there are tens of thousands.
 */
export async function planDigests(session: Connection, queries: readonly string[]): Promise<string[]> {
  await session.run(`
    CREATE FUNCTION pg_temp.plan_digest(query text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE plan text;
    BEGIN
      EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
      RETURN md5(plan);
    EXCEPTION WHEN OTHERS THEN
      RETURN 'error: ' || SQLERRM;
    END $$`);
  const rows = await session.query<{ digest: string }>(
    `SELECT pg_temp.plan_digest(q) AS digest FROM json_array_elements_text($1) WITH ORDINALITY AS u(q, n) ORDER BY n`,
    [JSON.stringify(queries)],
  );
  return rows.map(({ digest }) => digest);
}

async function createDatabase(server: TestServer, locale: string): Promise<string> {
  if (locale === '') return server.createDatabase();
  const name = `everything_${Math.random().toString(36).slice(2)}`;
  await server.psql('postgres', `CREATE DATABASE ${quoteIdent(name)} TEMPLATE template0 ${locale}`);
  return name;
}

function sqlFile(name: string): Promise<string> {
  return readFile(new URL(`./everything/${name}.sql`, import.meta.url), 'utf8');
}
