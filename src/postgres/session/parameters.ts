import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { RegressError } from '../../model/errors.ts';
import { type Role, standardUrl, urlParameters } from './url.ts';

/** libpq's modes, from no encryption to a verified host name. */
export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Everything a session is opened with. */
export interface ConnectionParameters {
  /** A name, an address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** null: looked up in `passfile` when the server asks. */
  readonly password: string | null;
  readonly passfile: string;
  readonly options: string | null;
  readonly sslmode: SslMode;
  /** `system`, or the path of a file of certificates; null if none is named. */
  readonly sslrootcert: string | null;
  readonly sslcert: string | null;
  readonly sslkey: string | null;
}

const DEFAULT_PORT = '5432';

/** Where PostgreSQL's packages and its own build put the socket. */
const SOCKET_FOLDERS = ['/var/run/postgresql', '/tmp'];

/** Refused, because libpq would connect to another server than the rest of the URL says. */
const REFUSED = ['service', 'hostaddr'];

/** The user that a session is opened as. Throws RegressError `usage`. */
export function connectionUser(url: string, role: Role): string {
  return connectionParameters(url, role).user;
}

/**
 * The parameters in a URL. Missing ones come from the environment, as with psql, and from libpq's defaults. For a target
 * PGHOST, PGPORT and PGDATABASE are ignored: they often name a database that must not be written to, and a URL without a
 * host means this machine. PGSERVICE and PGOPTIONS are always ignored: settings of this shell would pass for production's.
 * Throws RegressError `usage`.
 */
export function connectionParameters(
  url: string,
  role: Role,
  env: NodeJS.ProcessEnv = process.env,
): ConnectionParameters {
  const given = urlParameters(url);
  const place: NodeJS.ProcessEnv = role === 'source' ? env : {};
  const refused = REFUSED.find((name) => given[name] !== undefined);
  if (refused !== undefined) throw new RegressError('usage', `"${refused}" is not supported in a database URL`);
  const port = given.port ?? (place.PGPORT || DEFAULT_PORT);
  const user = given.user ?? (env.PGUSER || ownName());
  const host = given.host ?? (place.PGHOST || defaultHost(port));
  const or = (name: string, variable: string) => given[name] ?? (env[variable] || null);
  return {
    host,
    port: portNumber(port),
    user,
    database: given.dbname ?? (place.PGDATABASE || user),
    password: or('password', 'PGPASSWORD'),
    passfile: or('passfile', 'PGPASSFILE') ?? join(homedir(), '.pgpass'),
    options: given.options ?? null,
    sslmode: sslMode(given, env, or('sslrootcert', 'PGSSLROOTCERT') === 'system', role === 'source' && !isLocal(host)),
    sslrootcert: or('sslrootcert', 'PGSSLROOTCERT'),
    sslcert: or('sslcert', 'PGSSLCERT'),
    sslkey: or('sslkey', 'PGSSLKEY'),
  };
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new RegressError('usage', 'no user is given', {
      detail: 'The URL and PGUSER name none, and the user of this process has no name.',
      hint: 'Add it to the URL: postgresql://user@host/database',
      cause,
    });
  }
}

function defaultHost(port: string): string {
  return SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
}

function portNumber(port: string): number {
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new RegressError('usage', `"${port}" is not a port number`);
}

/** True if data that is sent to the host stays on this machine. */
function isLocal(host: string): boolean {
  return host.startsWith('/') || /^(localhost|.*\.localhost|127(\.\d+){3}|::1)$/i.test(host);
}

/**
 * The given mode, or libpq's default with one exception: a connection to a source on another machine is encrypted, unless
 * a mode is given that does without. As with libpq, the system's authorities are for `verify-full`.
 */
function sslMode(
  given: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
  bySystem: boolean,
  encrypts: boolean,
): SslMode {
  const usual = bySystem ? 'verify-full' : encrypts ? 'require' : 'prefer';
  // As libpq reads the URLs of JDBC.
  const written = given.sslmode ?? (given.ssl === 'true' ? 'require' : env.PGSSLMODE || usual);
  const mode = SSL_MODES.find((known) => known === written);
  if (mode !== undefined) return mode;
  throw new RegressError('usage', `"${written}" is not an sslmode`, {
    detail: `The modes are ${SSL_MODES.join(', ')}.`,
  });
}

/** Variables that would lead a client to another place than the URL. libpq prefers PGSERVICE and PGHOSTADDR to PGHOST. */
const MISLEADING = ['PGSERVICE', 'PGSERVICEFILE', 'PGHOSTADDR', 'PGTARGETSESSIONATTRS', 'PGOPTIONS'];

/** The variables by which libpq and most frameworks find the database of a URL; undefined for those to unset. */
export function clientEnvironment(url: string, role: Role = 'target'): Record<string, string | undefined> {
  const { host, port, user, password, database, options, ...tls } = connectionParameters(url, role);
  return {
    ...Object.fromEntries(MISLEADING.map((name) => [name, undefined])),
    DATABASE_URL: standardUrl(url),
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGDATABASE: database,
    PGPASSFILE: tls.passfile,
    // node-postgres would insist on TLS for libpq's default `prefer`, even on a socket, which has none.
    PGSSLMODE: host.startsWith('/') || tls.sslmode === 'prefer' ? undefined : tls.sslmode,
    ...(password !== null && { PGPASSWORD: password }),
    ...(options !== null && { PGOPTIONS: options }),
    ...(tls.sslrootcert !== null && { PGSSLROOTCERT: tls.sslrootcert }),
    ...(tls.sslcert !== null && { PGSSLCERT: tls.sslcert }),
    ...(tls.sslkey !== null && { PGSSLKEY: tls.sslkey }),
  };
}
