import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { closing, onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { SeenStatement } from '../../model/sql/seen-statement.ts';
import { type OpenDatabase, openDatabase, openRunSnapshot, type PlanningOptions } from '../../planning/index.ts';
import { type Connection, connect, quoteIdent, withDatabase } from '../../postgres/index.ts';
import { forTarget, type MappedSnapshot, type TargetSnapshot } from '../../predict/index.ts';
import {
  chooseInstallation,
  chooseTarget,
  findInstallations,
  prepareTarget,
  refuseCommands,
  startServer,
  variablesToWithhold,
} from '../../target/index.ts';
import { executedBetween, logStatements, readLog, readStatStatements } from '../../workload/index.ts';
import type { Context } from '../terminal/context.ts';
import { warnOfHidden } from './found-report.ts';

/** A database with the schema of the branch whose statements are recorded. */
export interface CaptureDatabase {
  /** URL for the tests. */
  readonly url: string;
  /** URL of a database with the same schema that no test touches; the same URL as above if there is none. */
  readonly schemaUrl: string;
  /** The statements that the tests have sent so far. */
  statements(): Promise<SeenStatement[]>;
}

/** Opens and prepares the target, or a throwaway server, records its statements during the work, and removes what was created. */
export async function withCaptureDatabase<T>(
  config: Config,
  options: PlanningOptions,
  context: Context,
  work: (database: CaptureDatabase) => Promise<T>,
): Promise<T> {
  refuseCommands(config.target, options.prepareRun);
  const throwaway = chooseTarget(options.target, config.target.url, context.env).kind === 'throwaway';
  // A team may capture before its first snapshot. Then there is no locale of production to use.
  const none = throwaway && options.snapshot === undefined && !existsSync(config.snapshot);
  const snapshot = none ? null : await openRunSnapshot(config, options.snapshot);
  const database =
    snapshot === null
      ? await openPlain(config, options, context)
      : await openDatabase(config, { ...options, serverSettings: TEST_SETTINGS }, snapshot.manifest, context);
  return closing(database.close, async () => {
    await prepareTarget(database.url, config.target.prepare, {
      folder: config.folder,
      withheld: variablesToWithhold(config.source, context.env, { isOurs: database.log !== undefined }),
      snapshotFor: (connection) => snapshotFor(connection, snapshot),
      progress: context.progress,
    });
    return database.log === undefined ? counted(database, context, work) : logged(database, database.log, config, work);
  });
}

async function snapshotFor(connection: Connection, snapshot: MappedSnapshot | null): Promise<TargetSnapshot> {
  if (snapshot !== null) return forTarget(connection, snapshot);
  throw new RegressError('snapshot', 'target.prepare has a "production" step, but there is no snapshot', {
    hint: 'npx regress-pg snapshot --source postgresql://user@host/database',
  });
}

/** Tests run in many processes, each with its own connection pool. */
const TEST_SETTINGS = ['max_connections=300', 'max_locks_per_transaction=128'];

/** Locale of the database if there is no snapshot. */
const PLAIN_LOCALE = { encoding: 'UTF8', lc_collate: 'C', lc_ctype: 'C', locale_provider: 'c', locale: null };

async function openPlain(config: Config, options: PlanningOptions, context: Context): Promise<OpenDatabase> {
  const pgConfig = options.pgConfig ?? config.target.pgConfig;
  const installation = chooseInstallation(await findInstallations(pgConfig === null ? {} : { pgConfig }));
  const server = await context.progress.during(`starting a server of PostgreSQL ${installation.version}`, () =>
    startServer(installation, PLAIN_LOCALE, TEST_SETTINGS),
  );
  const stop = onExit(server.stop);
  const database = `regress_run_${randomBytes(4).toString('hex')}`;
  try {
    await within(server.url('postgres'), (connection) => connection.run(`CREATE DATABASE ${database}`));
  } catch (error) {
    await stop();
    throw error;
  }
  const { pgConfig: found } = installation;
  return { url: server.url(database), pgConfig: found, keepSettings: true, log: server.log, close: stop };
}

/** Does the work in a new session, and closes it. */
export async function within<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, 'target');
  return closing(connection.close, () => work(connection));
}

/** On a throwaway server, reads the statements from the server's log, which has those of all databases. */
async function logged<T>(
  { url }: OpenDatabase,
  path: string,
  config: Config,
  work: (database: CaptureDatabase) => Promise<T>,
): Promise<T> {
  const admin = withDatabase(url, 'postgres');
  // Without prepare steps the tests build the schema themselves, so their database is used.
  const schemaUrl = config.target.prepare.length === 0 ? url : await copyOf(url, admin);
  const log = await within(admin, (connection) => logStatements(connection, path));
  return work({ url, schemaUrl, statements: () => readLog(log) });
}

async function copyOf(url: string, admin: string): Promise<string> {
  const [{ name } = { name: '' }] = await within(url, (connection) =>
    connection.query<{ name: string }>('SELECT pg_catalog.current_database()::pg_catalog.text AS name ORDER BY 1'),
  );
  const copy = `${name}_schema`;
  await within(admin, (connection) =>
    connection.query(`CREATE DATABASE ${quoteIdent(copy)} TEMPLATE ${quoteIdent(name)}`),
  );
  return withDatabase(url, copy);
}

/** On other targets, reads the statements from pg_stat_statements; installs it if the database was created for this run. */
async function counted<T>(
  { url, keepSettings }: OpenDatabase,
  context: Context,
  work: (database: CaptureDatabase) => Promise<T>,
): Promise<T> {
  if (keepSettings) {
    await within(url, (connection) =>
      connection.run(
        'CREATE SCHEMA regress_capture; CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA regress_capture',
      ),
    );
  }
  const look = () =>
    within(url, async (connection) => {
      const { statements, hidden, reader } = await readStatStatements(connection);
      if (hidden > 0) warnOfHidden(hidden, reader, context);
      return statements;
    });
  const before = await look();
  return work({ url, schemaUrl: url, statements: async () => executedBetween(before, await look()) });
}
