import { constants } from 'node:fs';
import { access, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { programPath } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';
import { PROGRAM_LIMITS } from '../../model/program-limits.ts';
import { pgConfigsInKnownPlaces } from './places.ts';

/** A PostgreSQL on this machine, as its pg_config describes it. */
export interface Installation {
  /** Absolute path of pg_config. */
  readonly pgConfig: string;
  /** Folder of postgres, initdb and psql, without symbolic links. */
  readonly bindir: string;
  /** For example `15.20 (Debian 15.20-0+deb12u1)`. */
  readonly version: string;
  readonly major: number;
  /** True if postgres.h and PGXS exist. */
  readonly hasServerHeaders: boolean;
  /** True if postgres and initdb exist. The pg_config of the client library alone points to a folder without them. */
  readonly hasServer: boolean;
}

/** The oldest major that the extension supports. */
const MINIMUM_MAJOR = 14;

/**
 * The installations of this machine, best first. If one is named (`pgConfig`, or PG_CONFIG in the environment), it is
 * the only one. Otherwise those on PATH (see programPath), then those in the usual places of Debian, Homebrew and Red
 * Hat, newest first within each place. Empty if there are none. Throws RegressError `environment` if the named one does
 * not run.
 */
export async function findInstallations(options: { readonly pgConfig?: string } = {}): Promise<Installation[]> {
  const named = options.pgConfig ?? (process.env.PG_CONFIG || undefined);
  if (named !== undefined) return [await namedInstallation(named)];
  const candidates = [...pgConfigsInPath(), ...(await pgConfigsInKnownPlaces())];
  const found = await Promise.all(candidates.map((pgConfig) => describeInstallation(pgConfig).catch(() => null)));
  const byBindir = new Map<string, Installation>();
  for (const installation of found) {
    if (installation !== null && !byBindir.has(installation.bindir)) byBindir.set(installation.bindir, installation);
  }
  return [...byBindir.values()];
}

/**
 * The installation to work with: one of the requested major if there is one, else the first. It must have a server,
 * headers and a supported version. Throws RegressError `environment` that says what to install.
 */
export function chooseInstallation(
  installations: readonly Installation[],
  wanted: { readonly major?: number } = {},
): Installation {
  const usable = installations.filter(isUsable);
  const chosen = usable.find((installation) => installation.major === wanted.major) ?? usable[0];
  if (chosen === undefined) throw unusableError(installations);
  return chosen;
}

/**
 * The installation to build the extension for: one with headers, with or without a server. Of the requested major if
 * given, else the first. Throws RegressError `environment` that says what to install.
 */
export function chooseHeaders(
  installations: readonly Installation[],
  wanted: { readonly major?: number | undefined } = {},
): Installation {
  const fitting = installations.filter(({ major }) => major >= MINIMUM_MAJOR && major === (wanted.major ?? major));
  const chosen = fitting.find(({ hasServerHeaders }) => hasServerHeaders);
  if (chosen !== undefined) return chosen;
  if (fitting[0] !== undefined) throw missingHeadersError(fitting[0]);
  if (wanted.major === undefined) throw unusableError(installations);
  const found = installations.map(({ version }) => version.split(' ')[0]);
  throw new RegressError('environment', `PostgreSQL ${wanted.major} is not on this machine`, {
    detail: found.length === 0 ? 'No PostgreSQL was found.' : `Found: ${found.join(', ')}.`,
    hint: installCommands(wanted.major),
  });
}

/** Whether the extension can be built for it and a server started. */
function isUsable(installation: Installation): boolean {
  return installation.hasServer && installation.hasServerHeaders && installation.major >= MINIMUM_MAJOR;
}

function pgConfigsInPath(): string[] {
  return programPath()
    .split(delimiter)
    .map((folder) => join(folder, 'pg_config'));
}

async function namedInstallation(pgConfig: string): Promise<Installation> {
  try {
    return await describeInstallation(pgConfig);
  } catch (error) {
    throw new RegressError('environment', `could not run pg_config at ${pgConfig}`, {
      detail: error instanceof Error ? `${error.message.split('\n')[0]}.`.replace(/\.\.$/, '.') : undefined,
      hint: `Name the pg_config of a PostgreSQL server, for example ${INSTALL_EXAMPLE_PG_CONFIG}`,
      cause: error,
    });
  }
}

const INSTALL_EXAMPLE_PG_CONFIG = '--pg-config /usr/lib/postgresql/15/bin/pg_config';

async function describeInstallation(pgConfig: string): Promise<Installation> {
  await access(pgConfig, constants.X_OK);
  const { stdout } = await execa(pgConfig, ['--version', '--bindir', '--includedir-server', '--pgxs'], {
    env: { PATH: programPath() },
    timeout: PROGRAM_LIMITS.short,
  });
  const [versionLine = '', bindir = '', includes = '', pgxs = ''] = stdout.split('\n');
  const version = versionLine.replace(/^PostgreSQL\s+/, '');
  const [hasPostgres, hasInitdb, hasHeader, hasPgxs] = await Promise.all(
    [join(bindir, 'postgres'), join(bindir, 'initdb'), join(includes, 'postgres.h'), pgxs].map(isReadable),
  );
  return {
    pgConfig,
    bindir: await realpath(bindir).catch(() => bindir),
    version,
    major: Number.parseInt(version, 10),
    hasServerHeaders: hasHeader === true && hasPgxs === true,
    hasServer: hasPostgres === true && hasInitdb === true,
  };
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Commands that install PostgreSQL. A distribution has one major; PostgreSQL's own repositories, which their scripts
 * add, have all.
 */
function installCommands(major?: number): string {
  const commands =
    major === undefined
      ? [
          '  Debian, Ubuntu: sudo apt-get install postgresql postgresql-server-dev-all gcc make',
          '  Fedora:         sudo dnf install postgresql-server postgresql-server-devel gcc make',
          '  macOS:          brew install postgresql@18',
        ]
      : [
          `  Debian, Ubuntu: sudo apt-get install postgresql-${major} postgresql-server-dev-${major} gcc make`,
          '                  if apt does not have it, first: sudo apt-get install postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
          `  PGDG's RPMs:    sudo dnf install postgresql${major}-server postgresql${major}-devel gcc make`,
          `  macOS:          brew install postgresql@${major}`,
        ];
  return ['Install it:', ...commands, 'or name a pg_config with --pg-config.'].join('\n');
}

function unusableError(installations: readonly Installation[]): RegressError {
  const withServer = installations.filter((installation) => installation.hasServer);
  const supported = withServer.find((installation) => installation.major >= MINIMUM_MAJOR);
  if (supported !== undefined) return missingHeadersError(supported);
  if (withServer[0] !== undefined) {
    return new RegressError('environment', `PostgreSQL ${withServer[0].version} is not supported`, {
      detail: `regress works with PostgreSQL ${MINIMUM_MAJOR} and later; found ${withServer[0].pgConfig}.`,
      hint: installCommands(),
    });
  }
  const clients = installations.map((installation) => `${installation.pgConfig} belongs to a client without a server.`);
  return new RegressError('environment', 'no PostgreSQL server is installed on this machine', {
    detail: ["Looked at PATH and at Debian's, Homebrew's and Red Hat's places for pg_config.", ...clients].join(' '),
    hint: installCommands(),
  });
}

function missingHeadersError(installation: Installation): RegressError {
  const { major } = installation;
  return new RegressError('environment', `PostgreSQL ${major} has no server headers`, {
    detail: `The extension is compiled against them; ${installation.pgConfig} points to files that do not exist.`,
    hint: [
      'Install them:',
      `  Debian, Ubuntu: sudo apt-get install postgresql-server-dev-${major} gcc make`,
      `  Fedora:         sudo dnf install postgresql-server-devel gcc make`,
      `  PGDG's RPMs:    sudo dnf install postgresql${major}-devel gcc make`,
      `  macOS:          brew reinstall postgresql@${major}`,
    ].join('\n'),
  });
}
