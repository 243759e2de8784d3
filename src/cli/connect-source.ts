import { type Connection, connect } from '../postgres/index.ts';
import type { Context } from './context.ts';

/** Opens a session with the source. A host that does not answer is waited for, which is said. */
export function connectToSource(url: string, { progress }: Pick<Context, 'progress'>): Promise<Connection> {
  return progress.during('connecting to the source', () => connect(url, 'source'));
}
