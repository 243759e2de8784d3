import { type Connection, connect } from '../postgres/index.ts';
import type { Context } from './terminal/context.ts';

/** Said once in a process, whatever is read of it. */
let warned = false;

/**
 * Opens a session with the source. A host that does not answer is waited for, which is said, and so is that anybody could
 * have answered in its place.
 */
export async function connectToSource(url: string, { progress }: Pick<Context, 'progress'>): Promise<Connection> {
  const connection = await progress.during('connecting to the source', () => connect(url, 'source'));
  if (connection.unverified && !warned) {
    warned = true;
    progress.warn(
      `the certificate of the source ${connection.url} was not verified: the connection is encrypted, but anybody on the way could be its other end\n` +
        'HINT:  Add sslmode=verify-full&sslrootcert=system to the URL, or sslrootcert=FILE where the authority is one of its own.',
    );
  }
  return connection;
}
