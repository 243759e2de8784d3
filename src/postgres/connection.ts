import pg from 'pg';
import { RegressError } from '../model/errors.ts';
import { parsePostgresUrl, type Role, redactUrl } from './url.ts';

/** What the server said of a statement: `code` is the SQLSTATE, with `detail`, `hint` and `position`. */
export const DatabaseError = pg.DatabaseError;
export type DatabaseError = InstanceType<typeof pg.DatabaseError>;

/** One session. */
export interface Connection {
  /** The URL without its password. */
  readonly url: string;
  /** One statement by the extended protocol, with values for `$1`…; throws DatabaseError. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Any number of statements by the simple protocol; the rows of the last one. */
  run<Row extends object>(text: string): Promise<Row[]>;
  /** Messages of NOTICE and WARNING level since the last call. */
  notices(): string[];
  close(): Promise<void>;
}

/** Long enough for a busy server, short enough for a wrong address. */
const CONNECT_TIMEOUT_MS = 10_000;

/** A library that is to be preloaded is not there (ERRCODE_UNDEFINED_FILE). */
const UNDEFINED_FILE = '58P01';

/**
 * Opens a session. No setting is sent at start, so that transaction poolers accept it; but where a target's preloaded
 * library is gone, which locks everybody out, the session is opened without. Throws RegressError `connection`, with the
 * server's or the network's reason and never a password.
 */
export async function connect(url: string, role: Role): Promise<Connection> {
  let notices: string[] = [];
  const open = async (config: pg.ClientConfig) => {
    const client = new pg.Client({ ...config, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    client.on('notice', (notice) => notices.push(notice.message ?? ''));
    // A connection lost between two statements is reported by the next one; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  };
  const config = clientConfig(url);
  const client = await open(config)
    .catch((error: unknown) => {
      const locked = role === 'target' && error instanceof DatabaseError && error.code === UNDEFINED_FILE;
      return locked ? open({ ...config, options: '-c session_preload_libraries=' }) : Promise.reject(error);
    })
    .catch((error: unknown) => Promise.reject(connectionError(url, role, error)));
  return {
    url: redactUrl(url),
    query: async (text, values) =>
      (await client.query({ text, values: [...(values ?? [])], queryMode: 'extended' } as pg.QueryConfig)).rows,
    run: async (text) => {
      const result: pg.QueryResult | pg.QueryResult[] = await client.query(text);
      return (Array.isArray(result) ? result.at(-1) : result)?.rows as never[];
    },
    notices: () => {
      const taken = notices;
      notices = [];
      return taken;
    },
    close: () => client.end(),
  };
}

/** psql's `postgresql:///db?host=/socket&port=5433` for `pg`, which takes a socket folder by `host` only. */
function clientConfig(url: string): pg.ClientConfig {
  const parsed = parsePostgresUrl(url);
  const host = parsed.searchParams.get('host');
  if (host?.startsWith('/') !== true) return { connectionString: url };
  const port = parsed.searchParams.get('port') ?? parsed.port;
  const user = parsed.searchParams.get('user') ?? decodeURIComponent(parsed.username);
  const password = parsed.searchParams.get('password') ?? decodeURIComponent(parsed.password);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  return {
    host,
    ...(port && { port: Number(port) }),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
  };
}

const INVALID_AUTHORIZATION = ['28000', '28P01'];

function connectionError(url: string, role: Role, error: unknown): RegressError {
  const reason = error instanceof Error ? error.message || String((error as { code?: string }).code) : String(error);
  const refused = error instanceof DatabaseError && INVALID_AUTHORIZATION.includes(error.code ?? '');
  return new RegressError('connection', `could not connect to the ${role} ${redactUrl(url)}`, {
    detail: `${reason}.`.replace(/\.\.$/, '.'),
    hint: refused
      ? 'Check the user, and the password in the URL, PGPASSWORD or ~/.pgpass.'
      : `Check that the server runs and accepts you: psql '${redactUrl(url)}' -c 'SELECT version()'`,
    cause: error,
  });
}
