import { closing, onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { type Manifest, majorOf } from '../../model/manifest.ts';
import type { UnmetCondition } from '../../model/target/condition.ts';
import { answerTimeout, type Connection, connect, type ServerVersion, serverVersion } from '../../postgres/index.ts';
import { forTarget, type MappedSnapshot } from '../../predict/index.ts';
import { type RestoreOptions, type RestoreReport, restoreSnapshot, verifyPlanner } from '../../restore/index.ts';
import {
  chooseInstallation,
  chooseTarget,
  createRunDatabase,
  createServerObjects,
  findInstallations,
  prepareTarget,
  refuseCommands,
  refuseTarget,
  startServer,
  variablesToWithhold,
} from '../../target/index.ts';
import { readPlanningState, requireUnchanged } from '../unchanged.ts';
import { extensionFor } from './extension-source.ts';
import { type Planner, planAs } from './planner-role.ts';
import { warnOfRangeEnds } from './range-ends.ts';
import type { RunContext } from './run-context.ts';

/** Options of the commands that plan. */
export interface PlanningOptions {
  readonly target?: string;
  readonly snapshot?: string;
  readonly pgConfig?: string;
  readonly allowData?: boolean;
  /** False: commands in target.prepare are refused. */
  readonly prepareRun?: boolean;
  /** Settings that override those of a throwaway server, as `name=value`. */
  readonly serverSettings?: readonly string[];
  /** Milliseconds to wait for another run that uses the same target. */
  readonly patienceMs?: number;
}

/** A database that plans as production does. */
export interface PlanningSession {
  readonly connection: Connection;
  readonly server: ServerVersion;
  readonly restored: RestoreReport;
  /** Conditions for identical plans that do not hold here. */
  readonly conditions: readonly UnmetCondition[];
  readonly planner: Planner;
  /** Throws RegressError `target` if anything that plans depend on has changed since the restore. */
  requireUnchanged(): Promise<void>;
}

/**
 * Opens, prepares and restores the target (a throwaway server if none is chosen) and runs `work` there. Closes or
 * removes what it created, however `work` ends.
 */
export async function withPlanningSession<T>(
  config: Config,
  options: PlanningOptions,
  snapshot: MappedSnapshot,
  context: RunContext,
  work: (session: PlanningSession) => Promise<T>,
): Promise<T> {
  refuseCommands(config.target, options.prepareRun);
  const database = await openDatabase(config, options, snapshot.manifest, context);
  return closing(database.close, async () => {
    await prepareTarget(database.url, config.target.prepare, {
      folder: config.folder,
      withheld: variablesToWithhold(config.source, context.env, { isOurs: database.log !== undefined }),
      snapshotFor: (connection) => forTarget(connection, snapshot),
      progress: context.progress,
    });
    const { patienceMs } = options;
    const how = { ...database, expect: config.expect.tables, ...(patienceMs !== undefined && { patienceMs }) };
    return planOn(how, config.target.role, snapshot, context, work);
  });
}

async function withConnection(url: string, work: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await connect(url, 'target');
  return closing(connection.close, () => work(connection));
}

/** A database for the schema of the branch. */
export interface OpenDatabase {
  readonly url: string;
  /** The pg_config to build the extension with; undefined: prefer the extension installed on the server. */
  readonly pgConfig: string | undefined;
  /** True if the schema of the branch is built here; settings that it makes are then part of it. */
  readonly keepSettings: boolean;
  /** The log file of a throwaway server. */
  readonly log?: string;
  close(): Promise<void>;
}

/** The run database on the target, or on a throwaway server. Closing it removes what was created for it. */
export async function openDatabase(
  config: Config,
  options: PlanningOptions,
  manifest: Manifest,
  context: RunContext,
): Promise<OpenDatabase> {
  const choice = chooseTarget(options.target, config.target.url, context.env);
  if (choice.kind === 'throwaway') return openThrowaway(config, options, manifest, context);
  const ownDatabase = config.target.prepare.length > 0;
  const pgConfig = options.pgConfig ?? config.target.pgConfig ?? undefined;
  const connection = await connect(choice.url, 'target');
  try {
    await serverVersion(connection);
    await refuseTarget(connection, manifest, {
      allowData: options.allowData ?? false,
      usesThisDatabase: !ownDatabase,
    });
  } finally {
    await connection.close();
  }
  if (!ownDatabase) return { url: choice.url, pgConfig, keepSettings: false, close: async () => undefined };
  const database = await createRunDatabase(choice.url, manifest);
  return { url: database.url, pgConfig, keepSettings: true, close: onExit(database.drop) };
}

/** A throwaway server with production's roles and tablespaces, and a run database on it. Closing it removes both. */
export async function openThrowaway(
  config: Config,
  options: PlanningOptions,
  manifest: Manifest,
  context: RunContext,
): Promise<OpenDatabase> {
  const pgConfig = options.pgConfig ?? config.target.pgConfig;
  const installations = await findInstallations(pgConfig === null ? {} : { pgConfig });
  const installation = chooseInstallation(installations, { major: majorOf(manifest) });
  const server = await context.progress.during(`starting a server of PostgreSQL ${installation.version}`, () =>
    startServer(installation, manifest.server, options.serverSettings),
  );
  const stop = onExit(server.stop);
  try {
    await withConnection(server.url('postgres'), (connection) =>
      createServerObjects(connection, manifest, config.target.role, context.progress.warn),
    );
    const database = await createRunDatabase(server.url('postgres'), manifest, { throwaway: true });
    return {
      url: database.url,
      pgConfig: installation.pgConfig,
      keepSettings: true,
      log: server.log,
      // Stopping the server removes the database too.
      close: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function planOn<T>(
  { url, ...how }: OpenDatabase & Pick<RestoreOptions, 'expect' | 'patienceMs'>,
  role: string | null,
  snapshot: MappedSnapshot,
  context: RunContext,
  work: (session: PlanningSession) => Promise<T>,
): Promise<T> {
  const restoring = await connect(url, 'target');
  // Stays open until the last plan is made: it holds the lock that keeps others from restoring.
  return closing(onExit(restoring.close), async () => {
    const restored = await restoreOver(restoring, { ...how, keepLock: true }, snapshot, context);
    const connection = await connect(url, 'target', answerTimeout('planning'));
    return closing(onExit(connection.close), async () => {
      await verifyPlanner(connection);
      const ground = await readPlanningState(connection, restored.state);
      await warnOfRangeEnds(connection, context);
      const { conditions, planner } = await planAs(connection, role, snapshot.manifest);
      const session: PlanningSession = {
        ...{ connection, server: await serverVersion(connection), restored, conditions, planner },
        requireUnchanged: () => requireUnchanged(connection, ground),
      };
      await session.requireUnchanged();
      const result = await work(session);
      await session.requireUnchanged();
      return result;
    });
  });
}

/**
 * Restores over a connection of its own, so that the caller's session starts with the library loaded and the settings
 * set.
 */
export async function restoreInto(
  url: string,
  how: Omit<RestoreHow, 'keepLock'>,
  snapshot: MappedSnapshot,
  context: RunContext,
): Promise<RestoreReport> {
  const connection = await connect(url, 'target');
  return closing(onExit(connection.close), () => restoreOver(connection, how, snapshot, context));
}

type RestoreHow = Pick<RestoreOptions, 'keepSettings' | 'expect' | 'keepLock' | 'patienceMs'> & {
  readonly pgConfig: string | undefined;
};

async function restoreOver(
  connection: Connection,
  { pgConfig, keepSettings, expect, keepLock, patienceMs }: RestoreHow,
  snapshot: MappedSnapshot,
  context: RunContext,
): Promise<RestoreReport> {
  const extension = await extensionFor(connection, pgConfig, context.say);
  return restoreSnapshot(connection, await forTarget(connection, snapshot), {
    ...{ extension, keepSettings, expect, progress: context.progress },
    ...(keepLock !== undefined && { keepLock }),
    ...(patienceMs !== undefined && { patienceMs }),
  });
}
