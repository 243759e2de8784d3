import pg from 'pg';
import { connectingMs, KEEPALIVE_MS } from './limits.ts';
import type { ConnectionParameters } from './parameters.ts';
import { filedPassword } from './passfile.ts';
import { type Tls, tlsAttempts } from './tls.ts';
import { ProtocolError, type Wire, watchWire } from './wire.ts';

/** The server's error for a statement: `code` is the SQLSTATE, with `detail`, `hint` and `position`. */
export const DatabaseError = pg.DatabaseError;
export type DatabaseError = InstanceType<typeof pg.DatabaseError>;

/** The server wants a password, and neither the URL nor the environment nor the password file has one. */
export class PasswordMissing extends Error {
  override readonly name = 'PasswordMissing';

  constructor() {
    super('the server asks for a password, but none is given');
  }
}

/** A connected client and its wire. */
interface OpenClient {
  readonly client: pg.Client;
  readonly wire: Wire;
  /** True if it is encrypted but the server's certificate was not verified. */
  readonly unverified: boolean;
}

/**
 * Connects by the first of the sslmode's attempts that succeeds. `hear` gets notices from the start.
 * Throws the error of the last attempt: DatabaseError, PasswordMissing, ProtocolError, or an error of the network.
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
    // Destroyed without a Terminate message, which a server that does not answer would not read.
    wire.destroy(error as Error);
    throw wire.lost() instanceof ProtocolError ? wire.lost() : error;
  }
}

/** pg's own parsers. A value that they cannot parse is a fault of the server or the network, not a bug of ours. */
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

/** Hides PG* variables: pg takes missing parameters from them, and settings in PGOPTIONS would pass for the server's own. */
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

/** True if the other kind of connection may succeed. An error of the network, which has a syscall, would only repeat. */
function isAboutEncryption(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === NOT_ADMITTED;
  const isOther = error instanceof PasswordMissing || error instanceof ProtocolError;
  return error instanceof Error && !isOther && !('syscall' in error);
}
