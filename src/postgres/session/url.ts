import { RegressError } from '../../model/errors.ts';

/** Which database of the two a message is about. */
export type Role = 'source' | 'target';

/** The URL standard wants a host after a user, psql does not (`postgresql://user@/db`): this host stands for none. */
const NO_HOST = 'none.invalid';

/** Parameters of a URL that are nobody's to read. */
const SECRETS = ['password', 'sslpassword', 'sslkey'];

/** The URL without its password, for messages and files. Never throws: what cannot be parsed is not shown at all. */
export function redactUrl(url: string): string {
  const parsed = toUrl(url);
  if (parsed === null) return '(unreadable URL)';
  parsed.password = '';
  for (const name of SECRETS) parsed.searchParams.delete(name);
  return toText(parsed);
}

/** Whether the URL holds what redactUrl takes out. Throws RegressError `usage` for one that is none. */
export function hasSecret(url: string): boolean {
  const parsed = parsePostgresUrl(url);
  return parsed.password !== '' || SECRETS.some((name) => parsed.searchParams.has(name));
}

/** The password a URL gives, null where it gives none, or is no URL. */
export function passwordOf(url: string): string | null {
  return toUrl(url) === null ? null : (urlParameters(url).password ?? null);
}

/** The same server and user with another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = parsePostgresUrl(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  parsed.searchParams.delete('dbname');
  return toText(parsed);
}

/** The same for other programs, most of which follow the URL standard and refuse a user without a host. */
export function standardUrl(url: string): string {
  const parsed = parsePostgresUrl(url);
  if (parsed.hostname !== NO_HOST) return url;
  const { port, user, password } = urlParameters(url);
  const parameters = new URLSearchParams(parsed.searchParams);
  for (const [name, value] of Object.entries({ port, user, password })) {
    if (value !== undefined) parameters.set(name, value);
  }
  return `postgresql://${parsed.pathname || '/'}?${parameters}`;
}

/** The parts of a URL as psql names them, only those that are given; see libpq's "Connection URIs". */
export function urlParameters(url: string): Readonly<Record<string, string>> {
  const parsed = parsePostgresUrl(url);
  const inAuthority = {
    host: parsed.hostname === NO_HOST ? '' : decode(parsed.hostname).replace(/^\[(.+)\]$/, '$1'),
    port: parsed.port,
    user: decode(parsed.username),
    password: decode(parsed.password),
    dbname: decode(parsed.pathname.slice(1)),
  };
  const given = [...Object.entries(inAuthority), ...parsed.searchParams].filter(([, value]) => value !== '');
  return Object.fromEntries(given);
}

/** Parses a URL as psql takes it; throws RegressError `usage` for anything else. */
function parsePostgresUrl(url: string): URL {
  const parsed = toUrl(url);
  if (parsed !== null && ['postgres:', 'postgresql:'].includes(parsed.protocol)) return parsed;
  throw new RegressError('usage', 'not a PostgreSQL URL', {
    detail:
      'A URL looks like postgresql://user@host:5432/database or postgresql:///database?host=/socket/folder&port=5433.',
  });
}

function toUrl(text: string): URL | null {
  const withHost = text.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[:/?#]|$)/, `$1${NO_HOST}`);
  return URL.canParse(withHost) ? new URL(withHost) : null;
}

function toText(url: URL): string {
  return url.href.replace(`@${NO_HOST}`, '@');
}

/** A part of a URL whose `%` begins no escape is taken as it stands. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
