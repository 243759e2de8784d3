import { type Connection, DatabaseError } from '../postgres/index.ts';

/** State of a session with the source while it is read. */
export interface SessionState {
  /** Settings of the open transaction; a transaction that replaces it gets them too. */
  settings: string;
  /** When that transaction began, in milliseconds (Date.now()). */
  begunAt: number;
  /** Transactions so far. */
  transactions: number;
  /** How often recovery canceled a statement. */
  conflicts: number;
  /** True: the source is a standby, which ends sessions that conflict with recovery. */
  standby: boolean;
  /** True: the session was ended and has not been replaced. */
  lost: boolean;
  /** Replaces a session that was ended; null if there is no way to. */
  readonly renew: (() => Promise<void>) | null;
}

const states = new WeakMap<Connection, SessionState>();

/** The state of a connection; created on first use. */
export function stateOf(connection: Connection): SessionState {
  const known = states.get(connection);
  if (known !== undefined) return known;
  const state = newState(null);
  states.set(connection, state);
  return state;
}

function newState(renew: SessionState['renew']): SessionState {
  return { settings: '', begunAt: 0, transactions: 0, conflicts: 0, standby: false, lost: false, renew };
}

/**
 * A connection that outlives its session: `reopen` opens the next one. Closing it closes the sessions that it opened; the
 * first one belongs to the caller.
 */
export function sourceSession(first: Connection, reopen: (() => Promise<Connection>) | undefined): Connection {
  let current = first;
  const closeOwn = async () => {
    if (current !== first) await current.close();
  };
  const session: Connection = {
    ...first,
    query: (text, values) => current.query(text, values),
    run: (text) => current.run(text),
    parameterTypes: (text) => current.parameterTypes(text),
    resultTypes: (text) => current.resultTypes(text),
    notices: () => current.notices(),
    close: closeOwn,
  };
  const renew =
    reopen === undefined
      ? null
      : async () => {
          const next = await reopen();
          await closeOwn().catch(() => undefined);
          current = next;
        };
  states.set(session, newState(renew));
  return session;
}

/**
 * True if recovery on a standby canceled a statement or ended the session (ERRCODE_T_R_SERIALIZATION_FAILURE, and
 * ERRCODE_T_R_DEADLOCK_DETECTED for a buffer; ProcessInterrupts in postgres.c). In a read-only transaction an error of
 * class 40 has only one other cause, a deadlock of locks, and another try solves that as well.
 */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('40') === true;
}

/** ERRCODE_LOCK_NOT_AVAILABLE: another session holds a lock for longer than we wait. */
export function isLocked(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}
