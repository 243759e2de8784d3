import { type Connection, connect } from '../postgres/index.ts';
import type { Context } from './terminal/context.ts';

/** The warning is printed once per process. */
let warned = false;

/**
 * Opens a session with the source. Prints a line while it waits for a slow host, and warns if the server's certificate was
 * not verified.
 */
export async function connectToSource(url: string, { progress }: Pick<Context, 'progress'>): Promise<Connection> {
  const connection = await progress.during('connecting to the source', () => connect(url, 'source'));
  if (connection.unverified && !warned) {
    warned = true;
    progress.warn(
      `the certificate of the source ${connection.url} was not verified: the connection is encrypted, but another machine could have answered`,
      {
        hint: 'Add sslmode=verify-full&sslrootcert=system to the URL, or sslrootcert=FILE for a private certificate authority.',
      },
    );
  }
  return connection;
}
