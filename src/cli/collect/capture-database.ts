import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { closing, onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { SeenStatement } from '../../model/sql/seen-statement.ts';
import { type OpenDatabase, openDatabase, openRunSnapshot, type PlanningOptions } from '../../planning/index.ts';
import { type Connection, connect, quoteIdent, withDatabase } from '../../postgres/index.ts';
import { type MappedSnapshot, ontoTarget, type TargetSnapshot } from '../../predict/index.ts';
import {
  chooseInstallation,
  chooseTarget,
  findInstallations,
  prepareTarget,
  refuseCommands,
  startServer,
  withheldVariables,
} from '../../target/index.ts';
import { executedBetween, logStatements, readLog, readStatStatements } from '../../workload/index.ts';
import type { Context } from '../terminal/context.ts';
import { warnOfHidden } from './found-report.ts';

/** A database with the schema of the branch whose statements are recorded. */
export interface CaptureDatabase {
  /** For the tests. */
  readonly url: string;
  /** A database with the same schema that no test touches, or the same where there is none. */
  readonly schemaUrl: string;
  /** What the tests sent so far. */
  statements(): Promise<SeenStatement[]>;
}

/** Opens and prepares the target, or a throwaway server, does the work with its statements recorded, and removes what it made. */
export async function withCaptureDatabase<T>(
  config: Config,
  options: PlanningOptions,
  context: Context,
  work: (database: CaptureDatabase) => Promise<T>,
): Promise<T> {
  refuseCommands(config.target, options.prepareRun);
  const throwaway = chooseTarget(options.target, config.target.url, context.env).kind === 'throwaway';
  // A team may capture before its first snapshot; then the server has no locale to be like.
  const none = throwaway && options.snapshot === undefined && !existsSync(config.snapshot);
  const snapshot = none ? null : await openRunSnapshot(config, options.snapshot);
  const database =
    snapshot === null
      ? await openPlain(config, options, context)
      : await openDatabase(config, { ...options, serverSettings: TEST_SETTINGS }, snapshot.manifest, context);
  return closing(database.close, async () => {
    await prepareTarget(database.url, config.target.prepare, {
      folder: config.folder,
      withheld: withheldVariables(config.source, context.env, { isOurs: database.log !== undefined }),
      snapshotFor: (connection) => snapshotFor(connection, snapshot),
      progress: context.progress,
    });
    return database.log === undefined ? counted(database, context, work) : logged(database, database.log, config, work);
  });
}

async function snapshotFor(connection: Connection, snapshot: MappedSnapshot | null): Promise<TargetSnapshot> {
  if (snapshot !== null) return ontoTarget(connection, snapshot);
  throw new RegressError('snapshot', 'target.prepare makes objects as in production, and there is no snapshot', {
    hint: 'regress snapshot --source postgresql://user@host/database',
  });
}

/** Tests run in many processes, each with a pool of its own. */
const TEST_SETTINGS = ['max_connections=300', 'max_locks_per_transaction=128'];

/** Where no snapshot says otherwise. */
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

/** Does the work in a session of its own. */
export async function within<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(url, 'target');
  return closing(connection.close, () => work(connection));
}

/** On a server of ours the log has every statement, whichever database it is for. */
async function logged<T>(
  { url }: OpenDatabase,
  path: string,
  config: Config,
  work: (database: CaptureDatabase) => Promise<T>,
): Promise<T> {
  const admin = withDatabase(url, 'postgres');
  // Where tests build the schema themselves it is theirs that counts.
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

/** On a target pg_stat_statements counts; in a database made for the run it is installed here. */
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
