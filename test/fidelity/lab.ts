import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { SILENT } from '../../src/model/progress.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { mapSnapshot, ontoTarget } from '../../src/predict/index.ts';
import { type RestoreReport, restoreSnapshot } from '../../src/restore/index.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { type SnapshotOptions, takeSnapshot } from '../../src/source/index.ts';
import type { TestServer } from '../support/servers.ts';

/** A filled database, and an empty one with its schema and its snapshot. */
export interface Lab {
  readonly production: string;
  readonly copy: string;
  readonly restored: RestoreReport;
}

const FILES = ['schema.sql', 'data.sql', 'indexes.sql', 'drift.sql'];

/** Settings a fresh database does not have, of each kind that restore has to write. */
export const PRODUCTION_SETTINGS = ['random_page_cost = 1.3', 'work_mem = 8192', `search_path = public, "Odd Names"`];

/** Fills production, copies its schema with pg_dump as a team would, takes a snapshot and restores it. */
export async function makeLab(server: TestServer): Promise<Lab> {
  const production = await server.createDatabase();
  for (const setting of PRODUCTION_SETTINGS)
    await server.psql(production, `ALTER DATABASE "${production}" SET ${setting}`);
  // Production lets a superuser read metapages; what a snapshot has without that is tested with the snapshot.
  await server.psql(production, 'CREATE SCHEMA inspect; CREATE EXTENSION pageinspect SCHEMA inspect');
  for (const file of FILES) await server.psql(production, await labFile(file));
  const copy = await server.createDatabase();
  await server.psql(copy, await dumpSchema(server, production));
  return { production, copy, restored: await restoreInto(server, production, copy) };
}

/** An empty database with the schema of another, which a role owns. */
export async function emptyCopy(server: TestServer, production: string, owner: string): Promise<string> {
  const copy = await server.createDatabase();
  await server.psql('postgres', `ALTER DATABASE "${copy}" OWNER TO ${owner}`);
  await server.psql(copy, await dumpSchema(server, production));
  return copy;
}

/** Every statement of queries.sql, one on a line. */
export function labQueries(): Promise<string[]> {
  return linesOf('queries.sql');
}

/** The lines of a file of the lab. */
export async function linesOf(name: string): Promise<string[]> {
  return (await labFile(name)).split('\n').filter((line) => line !== '');
}

/** The document of EXPLAIN (FORMAT JSON) for each query, as one string. */
export async function explainAll(connection: Connection, queries: readonly string[]): Promise<string[]> {
  const documents: string[] = [];
  for (const query of queries) {
    const [row] = await connection.run<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${query}`);
    documents.push(JSON.stringify(row?.['QUERY PLAN'], null, 1));
  }
  return documents;
}

/** Runs work with a new session of a database, a superuser's unless a role is given. */
export async function withSession<T>(
  server: TestServer,
  database: string,
  work: (connection: Connection) => Promise<T>,
  role = 'postgres',
): Promise<T> {
  const connection = await connect(server.url(database).replace('postgres@', `${role}@`), 'target');
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Takes a snapshot of one database, as the reader, and puts it into another, as the role. */
export function restoreInto(
  server: TestServer,
  production: string,
  copy: string,
  role = 'postgres',
  reader = 'postgres',
): Promise<RestoreReport> {
  return withSnapshot(server, production, (snapshot) => putInto(server, snapshot, copy, role), reader);
}

/** Takes a snapshot of a database, as the reader, and works with it. */
export async function withSnapshot<T>(
  server: TestServer,
  production: string,
  work: (snapshot: Snapshot) => Promise<T>,
  reader = 'postgres',
  options: Partial<SnapshotOptions> = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'regress-lab-'));
  const path = join(folder, 'snapshot');
  const usual = { values: true, allowPartial: false, progress: SILENT, regressVersion: '0.1.0' };
  try {
    await withSession(server, production, (source) => takeSnapshot(source, path, { ...usual, ...options }), reader);
    return await work(await openSnapshot(path));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Puts a snapshot into a database, as the role. */
export async function putInto(
  server: TestServer,
  snapshot: Snapshot,
  copy: string,
  role = 'postgres',
): Promise<RestoreReport> {
  const extension = { kind: 'library', path: await server.library() } as const;
  const options = { extension, progress: SILENT, keepSettings: false };
  return withSession(
    server,
    copy,
    async (target) => restoreSnapshot(target, await ontoTarget(target, mapSnapshot(snapshot, new Map())), options),
    role,
  );
}

/** The text of a file of the lab. */
export function labFile(name: string): Promise<string> {
  return readFile(new URL(`./lab/${name}`, import.meta.url), 'utf8');
}

/** What pg_dump writes of a database's schema. */
export async function dumpSchema(
  server: TestServer,
  database: string,
  options: readonly string[] = [],
): Promise<string> {
  const program = join(server.installation.bindir, 'pg_dump');
  return (await execa(program, ['--schema-only', ...options, `--dbname=${server.url(database)}`])).stdout;
}
