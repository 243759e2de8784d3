import type pg from 'pg';
import { DatabaseError } from './client.ts';
import { closingMs, type Wait } from './limits.ts';
import { AnswerOverdue, lostConnection, type SessionOf } from './lost-connection.ts';
import { ProtocolError, type Wire } from './wire.ts';

/** Sends the statements of one session one after the other, each with a time limit. */
export interface Session {
  /**
   * Sends one statement and waits for its answer. Throws DatabaseError if the server refuses the statement and keeps the
   * session. Throws RegressError `connection` if the connection is lost or the answer is overdue; the session cannot be
   * used any more then.
   */
  ask<T>(statement: string, send: () => Promise<T>): Promise<T>;
  /** Ends the session; at once if a statement is running or the connection is lost. Never throws. */
  close(): Promise<void>;
}

/** Wraps a connected client. */
export function openSession(client: pg.Client, wire: Wire, of: SessionOf, wait: Wait): Session {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (statement, send) => {
      const answer = last.then(() => askOnce({ wire, of, wait }, statement, send));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: () => closeClient(client, wire),
  };
}

async function askOnce<T>(
  { wire, of, wait }: { readonly wire: Wire; readonly of: SessionOf; readonly wait: Wait },
  statement: string,
  send: () => Promise<T>,
): Promise<T> {
  const before = wire.lost();
  if (before !== null) throw await lostConnection(of, before);
  wire.busy();
  const endWait = startWait(wire, wait, () => new AnswerOverdue(wait.ms, `the answer to ${firstWord(statement)}`));
  try {
    return await send();
  } catch (error) {
    if (error instanceof ProtocolError) wire.destroy(error);
    if (error instanceof DatabaseError) {
      if (!isOfServer(error)) wire.destroy(new ProtocolError(`the server sent an unknown message: ${error.message}`));
      // A server that ends the session says why and closes. FATAL is no sign of it, as it may be in any language.
      await wire.settled();
    }
    const lost = wire.lost();
    if (lost === null) throw error;
    throw await lostConnection(of, isReason(error, lost) ? error : lost);
  } finally {
    endWait();
  }
}

/** Every error of a server has an SQLSTATE; the error that pg-protocol makes from an unknown message has none. */
function isOfServer({ code }: DatabaseError): boolean {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code);
}

/** The server's last error says more than that the connection closed, but it does not explain an overdue answer. */
function isReason(error: unknown, lost: Error): error is DatabaseError {
  return error instanceof DatabaseError && isOfServer(error) && !(lost instanceof AnswerOverdue);
}

/** The first word of a statement, which surely holds no value. */
function firstWord(statement: string): string {
  return /^\s*([A-Z]+)\b/.exec(statement)?.[1] ?? 'a statement';
}

/** A server that keeps sending without finishing the answer is given up after this many times the longest silence. */
const MOST_SILENCES = 20;

/** Ends the connection when time is up. Returns a function that stops the clock. */
function startWait(wire: Wire, { ms, since }: Wait, overdue: () => Error): () => void {
  const begun = performance.now();
  let over = false;
  let timer: NodeJS.Timeout;
  const start = () => {
    const heard = wire.heard();
    const end = () => {
      if (over) return;
      const isTalking = since === 'byte' && wire.heard() !== heard;
      if (isTalking && performance.now() - begun < MOST_SILENCES * ms) start();
      else wire.destroy(overdue());
    };
    // A process that was busy or asleep first handles the messages that arrived meanwhile.
    timer = setTimeout(() => setImmediate(() => setImmediate(end)), ms);
  };
  start();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

async function closeClient(client: pg.Client, wire: Wire): Promise<void> {
  if (wire.lost() !== null) return;
  const overdue = setTimeout(() => wire.destroy(new AnswerOverdue(closingMs(), 'the session to end')), closingMs());
  await client.end().catch(() => undefined);
  clearTimeout(overdue);
}
