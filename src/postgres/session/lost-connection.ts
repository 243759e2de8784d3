import { RegressError } from '../../model/errors.ts';
import { DatabaseError } from './client.ts';
import { CLIENT_TIMEOUT } from './limits.ts';
import type { Role } from './url.ts';
import { ProtocolError } from './wire.ts';

/** The server did not answer within the limit of the client. */
export class AnswerOverdue extends Error {
  override readonly name = 'AnswerOverdue';
  readonly ms: number;
  /** The end of the sentence "Waited for …". */
  readonly awaited: string;

  constructor(ms: number, awaited: string) {
    super(`no answer for ${ms / 1000} s`);
    this.ms = ms;
    this.awaited = awaited;
  }
}

/** True for the error of an answer that did not come in time. */
export function isOverdue(error: unknown): boolean {
  return error instanceof RegressError && error.cause instanceof AnswerOverdue;
}

/** The session that was lost. */
export interface SessionOf {
  readonly role: Role;
  /** The URL without its password. */
  readonly url: string;
  /** The host, or the folder of its socket. */
  readonly host: string;
}

/** Functions that read the end of the logs of our own servers, by the folder of the server's socket. */
const logReaders = new Map<string, () => Promise<string>>();

/**
 * Registers a server of ours, so that the DETAIL of a lost connection to `host` shows why the server ended: `readLog`
 * resolves to the last lines of its log. Returns a function that removes the registration.
 */
export function explainLosses(host: string, readLog: () => Promise<string>): () => void {
  logReaders.set(host, readLog);
  return () => void logReaders.delete(host);
}

/**
 * The error of a session that cannot be used any more. Its `cause` is what the driver threw: a DatabaseError if the server
 * said why.
 */
export async function lostConnection(session: SessionOf, cause: Error): Promise<RegressError> {
  const log =
    (await logReaders
      .get(session.host)?.()
      .catch(() => '')) ?? '';
  if (cause instanceof AnswerOverdue) return overdue(session, cause, log);
  return new RegressError('connection', `lost the connection to the ${session.role} ${session.url}`, {
    detail: detailOf(cause.message, log),
    hint: hintOf(cause),
    cause,
  });
}

function overdue({ role, url }: SessionOf, cause: AnswerOverdue, log: string): RegressError {
  const message = `the ${role} ${url} did not answer within ${cause.ms / 1000} s`;
  return new RegressError('connection', message, {
    detail: detailOf(`Waited for ${cause.awaited}, then closed the connection`, log),
    hint: `Check the network and the server's log. If the server is only slow, allow more seconds: ${CLIENT_TIMEOUT}=${Math.ceil((cause.ms / 1000) * 10)}`,
    cause,
  });
}

function detailOf(reason: string, log: string): string {
  const sentence = `${reason.replace(/\.$/, '')}.`;
  return log === '' ? sentence : `${sentence} The server's log ends with:\n${log}`;
}

/** Hints by the SQLSTATE of the server's last message (errcodes.txt). */
const OF_STATES: Readonly<Record<string, string>> = {
  '57P01': 'An administrator or a restart ended the session; run the command again.',
  '57P02': "A server process crashed, which ends all sessions; the server's log says which one.",
  '57P03': 'Wait until the server has started, and try again.',
  '57P05': 'The idle_session_timeout of the server or of a pooler is too short.',
  '25P03': 'The idle_in_transaction_session_timeout of the server or of a pooler is too short.',
  '40001':
    'The standby ended the session because it held up recovery; run the command again, or raise max_standby_streaming_delay.',
};

const AGAIN =
  'Run the command again. If that does not help, look into the logs of the server and of any pooler on the way.';

function hintOf(cause: Error): string {
  if (cause instanceof ProtocolError) {
    return 'Check that host and port are those of PostgreSQL, and check any proxy on the way.';
  }
  return (cause instanceof DatabaseError && OF_STATES[cause.code ?? '']) || AGAIN;
}
