import { RegressError } from '../../model/errors.ts';

/** Which of the two databases a message is about. */
export type Role = 'source' | 'target';

/** The URL standard requires a host after a user, psql does not (`postgresql://user@/db`). This host stands for none. */
const NO_HOST = 'none.invalid';

/** URL parameters that must not be shown. */
const SECRETS = ['password', 'sslpassword', 'sslkey'];

/** The URL without its password, for messages and files. Never throws: a URL that cannot be parsed is not shown at all. */
export function redactUrl(url: string): string {
  const parsed = toUrl(url);
  if (parsed === null) return '(unreadable URL)';
  parsed.password = '';
  for (const name of SECRETS) parsed.searchParams.delete(name);
  return toText(parsed);
}

/** True if the URL holds a secret that redactUrl removes. Throws RegressError `usage` if it is not a PostgreSQL URL. */
export function hasSecret(url: string): boolean {
  const parsed = parsePostgresUrl(url);
  return parsed.password !== '' || SECRETS.some((name) => parsed.searchParams.has(name));
}

/** The password in a URL; null if it has none or is not a URL. */
export function passwordOf(url: string): string | null {
  return toUrl(url) === null ? null : (urlParameters(url).password ?? null);
}

/** The URL with another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = parsePostgresUrl(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  parsed.searchParams.delete('dbname');
  return toText(parsed);
}

/** The URL for other programs, most of which follow the URL standard and refuse a user without a host. */
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

/** The parts that a URL gives, by psql's names; see libpq's "Connection URIs". */
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

/** Parses a URL as psql does. Throws RegressError `usage` for anything else. */
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

/** A part of a URL in which a `%` begins no escape is taken literally. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
