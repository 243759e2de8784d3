import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { onExit } from '../../cleanup/index.ts';
import type { ServerLocale } from '../../environment/index.ts';
import { RegressError } from '../../model/errors.ts';
import { PROGRAM_LIMITS, SERVER_STOP_MS } from '../../model/program-limits.ts';
import { registerServerLog } from '../../postgres/index.ts';
import { type Account, asServer, checkReachable, serverAccount } from './account.ts';
import type { Installation } from './installation.ts';
import {
  homeRuns,
  makeRunFolder,
  type RunFolder,
  removeLeftovers,
  removeRun,
  serverHome,
  serverRuns,
} from './run-folder.ts';
import { type Supervised, supervise } from './supervisor.ts';
import { serverTemplate } from './template.ts';

/** Our own server, on a unix socket only. It ends with this process at the latest. */
export interface ThrowawayServer {
  readonly installation: Installation;
  /** URL of a database for the superuser `postgres`. */
  url(database: string): string;
  /** The path of its log file. */
  readonly log: string;
  /** Ends the server at once and removes all of it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a server whose template databases have the given encoding and locale, or the next best that this machine has;
 * create databases from template0. `settings` (`name=value`) override ours. Throws RegressError `environment` if it
 * does not start.
 */
export async function startServer(
  installation: Installation,
  locale: ServerLocale,
  settings: readonly string[] = [],
): Promise<ThrowawayServer> {
  const account = await serverAccount();
  await checkReachable(account, join(installation.bindir, 'postgres'), {
    right: 'x',
    hint: `Use --pg-config to name a PostgreSQL that ${account?.name} can reach.`,
  });
  const home = await serverHome(account);
  const runs = await serverRuns(home, account);
  // Leftovers that cannot be removed do no harm.
  for (const folder of new Set([runs, homeRuns(home)])) await removeLeftovers(folder).catch(() => undefined);
  const template = await serverTemplate(home, account, installation, locale);
  const folder = await makeRunFolder(runs, account);
  const remove = onExit(() => removeRun(folder));
  try {
    await copyTemplate(template, folder, account);
    const server = supervise(serverCommand(installation, folder, settings), folder, account);
    await waitUntilReady(server, folder, installation);
    return throwawayServer(server, folder, installation, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copyTemplate(template: string, folder: RunFolder, account: Account | null): Promise<void> {
  const result = await execa('cp', ['-R', template, folder.data], {
    ...asServer(account),
    reject: false,
    timeout: PROGRAM_LIMITS.copy,
  });
  if (!result.failed) return;
  const reason = lastLine(result.stderr || (result.shortMessage ?? ''));
  throw new RegressError('environment', `could not copy a server template to ${folder.path}`, {
    detail: `${reason.replace(/\.$/, '')}.`,
    hint: 'Free disk space there, or set REGRESS_RUN_DIR to a folder on another disk.',
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/**
 * Turns off durability and maintenance: nothing on this server is kept, and autovacuum would change the statistics.
 * Settings of a database or a session override these.
 */
const SETTINGS = [
  'listen_addresses=',
  'autovacuum=off',
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  // Segments are small, and the default would allow only 64 of them between checkpoints.
  'max_wal_size=1GB',
  'shared_buffers=64MB',
  'max_connections=50',
  // A schema with thousands of partitions is restored in one transaction.
  'max_locks_per_transaction=512',
  'timezone=UTC',
  'log_timezone=UTC',
];

const PORT = 5432;

function serverCommand(installation: Installation, folder: RunFolder, more: readonly string[]): string[] {
  // I/O workers would be three more processes to start.
  const settings = installation.major >= 18 ? [...SETTINGS, 'io_method=sync'] : SETTINGS;
  return [
    join(installation.bindir, 'postgres'),
    ...['-D', folder.data, '-k', folder.sockets, '-p', String(PORT)],
    // The last value of a setting applies.
    ...[...settings, ...more].flatMap((setting) => ['-c', setting]),
  ];
}

const POLL_MS = 10;
const START_TIMEOUT_MS = 60_000;

/** Waits for the status in the eighth line of the postmaster's lock file (src/include/utils/pidfile.h). */
async function waitUntilReady(server: Supervised, folder: RunFolder, installation: Installation): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const lines = await readFile(join(folder.data, 'postmaster.pid'), 'utf8').catch(() => '');
    if (lines.split('\n')[7]?.trim() === 'ready') return;
    const output = server.ended();
    if (output !== null) throw startError(installation, output);
    await sleep(POLL_MS);
  }
  throw startError(installation, `It was not ready after ${START_TIMEOUT_MS / 1000} s.`);
}

function startError(installation: Installation, detail: string): RegressError {
  return new RegressError('environment', `the throwaway server of PostgreSQL ${installation.version} did not start`, {
    detail,
  });
}

function throwawayServer(
  server: Supervised,
  folder: RunFolder,
  installation: Installation,
  remove: () => Promise<void>,
): ThrowawayServer {
  let stopped: Promise<void> | undefined;
  const log = join(folder.path, 'server.log');
  const forget = registerServerLog(folder.sockets, () => lastWords(server, log));
  return {
    installation,
    log,
    url: (database) =>
      `postgresql://postgres@/${encodeURIComponent(database)}?host=${encodeURIComponent(folder.sockets)}&port=${PORT}`,
    stop: () => {
      // The supervisor has removed everything, unless it was killed itself.
      forget();
      // A server that does not end in time is found by its folder's name and killed.
      const late = sleep(SERVER_STOP_MS, undefined, { ref: false });
      stopped ??= Promise.race([server.end(), late]).then(remove);
      return stopped;
    },
  };
}

const LAST_LINES = 8;
const LAST_WORDS_MS = 1000;

/**
 * The last lines of the log. After the server has ended, they come from the supervisor, which has removed the folder.
 */
async function lastWords(server: Supervised, log: string): Promise<string> {
  const deadline = Date.now() + LAST_WORDS_MS;
  let text = server.ended();
  while (text === null && Date.now() < deadline) {
    text = await readFile(log, 'utf8').catch(() => server.ended());
    if (text === null) await sleep(POLL_MS);
  }
  return (text ?? '').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
