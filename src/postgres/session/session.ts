import type pg from 'pg';
import { DatabaseError } from './client.ts';
import { closingMs, type Wait } from './limits.ts';
import { AnswerOverdue, lostConnection, type SessionOf } from './lost-connection.ts';
import { ProtocolError, type Wire } from './wire.ts';

/** One session's statements, one after the other, each with an end. */
export interface Session {
  /**
   * Sends one statement and waits for its answer. Throws DatabaseError where the server refuses the statement and keeps
   * the session, RegressError `connection` where the connection is lost or the answer overdue; the session is of no use
   * then.
   */
  ask<T>(statement: string, send: () => Promise<T>): Promise<T>;
  /** Ends it, at once where something is under way or the connection is lost. Never throws. */
  close(): Promise<void>;
}

/** A client that is connected, as a session. */
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
      if (!isOfServer(error)) wire.destroy(new ProtocolError(`the server sent nonsense: ${error.message}`));
      // A server that ends the session says why and closes; its word for FATAL may be of any language.
      await wire.settled();
    }
    const lost = wire.lost();
    if (lost === null) throw error;
    throw await lostConnection(of, isReason(error, lost) ? error : lost);
  } finally {
    endWait();
  }
}

/** Every error of a server has an SQLSTATE; what pg-protocol makes of an unknown message has none. */
function isOfServer({ code }: DatabaseError): boolean {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code);
}

/** What the server said last says more than that it closed, but not of an answer that never came. */
function isReason(error: unknown, lost: Error): error is DatabaseError {
  return error instanceof DatabaseError && isOfServer(error) && !(lost instanceof AnswerOverdue);
}

/** Of a statement, what surely holds no value. */
function firstWord(statement: string): string {
  return /^\s*([A-Z]+)\b/.exec(statement)?.[1] ?? 'a statement';
}

/** A server that keeps sending without an answer is given up after this many times the longest silence. */
const MOST_SILENCES = 20;

/** Ends the connection when time is up; the result ends the wait. */
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
    // A process that was busy, or asleep, first hears what came meanwhile.
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
  const overdue = setTimeout(() => wire.destroy(new AnswerOverdue(closingMs(), 'the end')), closingMs());
  await client.end().catch(() => undefined);
  clearTimeout(overdue);
}
