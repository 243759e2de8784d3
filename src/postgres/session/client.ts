import pg from 'pg';
import { connectingMs, KEEPALIVE_MS } from './limits.ts';
import type { ConnectionParameters } from './parameters.ts';
import { filedPassword } from './passfile.ts';
import { type Tls, tlsAttempts } from './tls.ts';
import { ProtocolError, type Wire, watchWire } from './wire.ts';

/** What the server said of a statement: `code` is the SQLSTATE, with `detail`, `hint` and `position`. */
export const DatabaseError = pg.DatabaseError;
export type DatabaseError = InstanceType<typeof pg.DatabaseError>;

/** The server wants a password and none is given: not by the URL, the environment or the password file. */
export class PasswordMissing extends Error {
  override readonly name = 'PasswordMissing';

  constructor() {
    super('the server asks for a password, and none is given');
  }
}

/** A client that is connected, and its wire. */
interface OpenClient {
  readonly client: pg.Client;
  readonly wire: Wire;
  /** Whether it is encrypted, and to whom is not known. */
  readonly unverified: boolean;
}

/**
 * A connected client, by the first of the sslmode's attempts that succeeds. `hear` gets notices from the start on.
 * Throws what the last attempt threw: DatabaseError, PasswordMissing, ProtocolError, or an error of the network.
 */
export async function openClient(
  parameters: ConnectionParameters,
  options: string | null,
  hear: (notice: string) => void,
): Promise<OpenClient> {
  const [first, second] = tlsAttempts(parameters) as readonly [Tls, Tls?];
  try {
    return await attempt(parameters, options, first, hear);
  } catch (error) {
    if (second === undefined || !isAboutEncryption(error)) throw error;
    return attempt(parameters, options, second, hear);
  }
}

async function attempt(
  parameters: ConnectionParameters,
  options: string | null,
  ssl: Tls,
  hear: (notice: string) => void,
): Promise<OpenClient> {
  const { host, port, user, database } = parameters;
  const client = newClient({
    ...{ host, port, user, database, ssl, connectionTimeoutMillis: connectingMs() },
    ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEPALIVE_MS, types: VALUE_TYPES },
    ...(options !== null && { options }),
    password: async () => {
      const password = parameters.password ?? (await filedPassword(parameters));
      if (password === null) throw new PasswordMissing();
      return password;
    },
  });
  client.on('notice', (notice) => hear(notice.message ?? ''));
  const wire = watchWire(client);
  try {
    await client.connect();
    return { client, wire, unverified: ssl !== false && ssl.rejectUnauthorized === false };
  } catch (error) {
    // Not by a farewell, which a server that does not answer would not hear.
    wire.destroy(error as Error);
    throw wire.lost() instanceof ProtocolError ? wire.lost() : error;
  }
}

/** pg's own parsers. A value that they cannot parse is a mistake of the server or of the network, and not of ours. */
const VALUE_TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') => {
    const read = pg.types.getTypeParser(oid, format) as (value: string) => unknown;
    return (value: string) => {
      try {
        return read(value);
      } catch (cause) {
        throw new ProtocolError(`the server sent a value that is not valid for its type (OID ${oid})`, { cause });
      }
    };
  }) as pg.CustomTypesConfig['getTypeParser'],
};

/** pg fills what it is not told from PG*, PGOPTIONS among them, whose settings would pass for the server's own. */
function newClient(config: pg.ClientConfig): pg.Client {
  const hidden = Object.entries(process.env).filter(([name]) => name.startsWith('PG'));
  for (const [name] of hidden) delete process.env[name];
  try {
    return new pg.Client(config);
  } finally {
    for (const [name, value] of hidden) process.env[name] = value;
  }
}

/** ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION: no line of pg_hba.conf for this kind of connection. */
const NOT_ADMITTED = '28000';

/** Whether the other kind of connection may do. An error of the network, which names its system call, is met again. */
function isAboutEncryption(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === NOT_ADMITTED;
  const isOther = error instanceof PasswordMissing || error instanceof ProtocolError;
  return error instanceof Error && !isOther && !('syscall' in error);
}
