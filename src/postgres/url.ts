import { RegressError } from '../model/errors.ts';

/** Which database of the two a message is about. */
export type Role = 'source' | 'target';

/** The URL without its password, for messages and files. Never throws: what cannot be parsed is not shown at all. */
export function redactUrl(url: string): string {
  try {
    const parsed = new URL(withHost(url));
    parsed.password = '';
    for (const name of ['password', 'sslpassword', 'sslkey']) parsed.searchParams.delete(name);
    return parsed.href;
  } catch {
    return '(unreadable URL)';
  }
}

/** The same server and user with another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = parsePostgresUrl(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  parsed.searchParams.delete('dbname');
  return parsed.href;
}

/** Parses a URL as psql takes it; throws RegressError `usage` for anything else. */
export function parsePostgresUrl(url: string): URL {
  const parsed = URL.canParse(withHost(url)) ? new URL(withHost(url)) : undefined;
  if (parsed === undefined || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new RegressError('usage', 'not a PostgreSQL URL', {
      detail:
        'A URL looks like postgresql://user@host:5432/database or postgresql:///database?host=/socket/folder&port=5433.',
    });
  }
  return parsed;
}

/** psql takes `postgresql://user@/db?host=/socket`; the URL standard wants a host after a user. */
function withHost(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/?#]*@)(?=[/?#]|$)/, '$1localhost');
}

/** The variables libpq and most frameworks find a database by. */
export function clientEnvironment(url: string): Record<string, string> {
  const parsed = parsePostgresUrl(url);
  const parameter = (name: string, fallback: string) => parsed.searchParams.get(name) ?? decodeURIComponent(fallback);
  const values = {
    DATABASE_URL: url,
    PGHOST: parameter('host', parsed.hostname),
    PGPORT: parameter('port', parsed.port),
    PGUSER: parameter('user', parsed.username),
    PGPASSWORD: parameter('password', parsed.password),
    PGDATABASE: parameter('dbname', parsed.pathname.slice(1)),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
