import { type Connection, DatabaseError } from '../postgres/index.ts';

/** What is known of a session with the source while it is read. */
export interface SessionState {
  /** Settings of the transaction that is open, which one that takes its place has too. */
  settings: string;
  /** When that began, as Date.now() has it. */
  begunAt: number;
  /** Transactions so far. */
  transactions: number;
  /** Times that recovery cancelled what was read. */
  conflicts: number;
  /** The source is a standby, which ends sessions that are in the way of recovery. */
  standby: boolean;
  /** The session was ended, and is not to be had again. */
  lost: boolean;
  /** Puts another session in the place of one that was ended; null: there is no way to. */
  readonly renew: (() => Promise<void>) | null;
}

const states = new WeakMap<Connection, SessionState>();

/** The state of a connection, which is its own from the first time it is asked for. */
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
 * A connection that outlives its session: `reopen` opens the next one. Closing it closes the sessions it has opened; the
 * first is its caller's.
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
 * Recovery of a standby cancelled a statement, or ended the session (ERRCODE_T_R_SERIALIZATION_FAILURE, and
 * ERRCODE_T_R_DEADLOCK_DETECTED for a buffer; ProcessInterrupts in postgres.c). A transaction that only reads gets an
 * error of class 40 for no other reason but a deadlock of locks, which another try gets over as well.
 */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('40') === true;
}

/** ERRCODE_LOCK_NOT_AVAILABLE: somebody holds a lock for longer than we wait. */
export function isLocked(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03';
}
