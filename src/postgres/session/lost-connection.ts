import { RegressError } from '../../model/errors.ts';
import { DatabaseError } from './client.ts';
import { CLIENT_TIMEOUT } from './limits.ts';
import type { Role } from './url.ts';
import { ProtocolError } from './wire.ts';

/** The server did not answer within the limit of the client. */
export class AnswerOverdue extends Error {
  override readonly name = 'AnswerOverdue';
  readonly ms: number;
  /** What was waited for. */
  readonly awaited: string;

  constructor(ms: number, awaited: string) {
    super(`no answer for ${ms / 1000} s`);
    this.ms = ms;
    this.awaited = awaited;
  }
}

/** Whether it is the error of an answer that did not come in time. */
export function isOverdue(error: unknown): boolean {
  return error instanceof RegressError && error.cause instanceof AnswerOverdue;
}

/** Whose session it was. */
export interface SessionOf {
  readonly role: Role;
  /** The URL without its password. */
  readonly url: string;
  /** The host, or the folder of its socket. */
  readonly host: string;
}

/** What servers that are ours wrote last, by the folder of their socket. */
const lastWords = new Map<string, () => Promise<string>>();

/**
 * Names who knows why the server of a host ended, for the DETAIL of connections that are lost to it: `tell` resolves to
 * the last lines of its log. The result forgets it.
 */
export function explainLosses(host: string, tell: () => Promise<string>): () => void {
  lastWords.set(host, tell);
  return () => void lastWords.delete(host);
}

/**
 * The error of a session that is of no more use. Its `cause` is what the driver threw: a DatabaseError where the server
 * said why.
 */
export async function lostConnection(session: SessionOf, cause: Error): Promise<RegressError> {
  const log =
    (await lastWords
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
    hint: `Check the network and the server's log; where the server is only slow, allow more seconds: ${CLIENT_TIMEOUT}=${Math.ceil((cause.ms / 1000) * 10)}`,
    cause,
  });
}

function detailOf(reason: string, log: string): string {
  const said = `${reason.replace(/\.$/, '')}.`;
  return log === '' ? said : `${said} The server's log ends with:\n${log}`;
}

/** What to do, by the SQLSTATE of the server's last message (errcodes.txt). */
const OF_STATES: Readonly<Record<string, string>> = {
  '57P01': 'An administrator, or a restart, ended the session; run it again.',
  '57P02': 'A process of the server crashed, which ends all sessions; its log says which.',
  '57P03': 'Wait until the server has started, and try again.',
  '57P05': 'idle_session_timeout of the server or of a pooler is too short.',
  '25P03': 'idle_in_transaction_session_timeout of the server or of a pooler is too short.',
  '40001':
    'A standby ended the session for the sake of replication; run it again, or raise max_standby_streaming_delay.',
};

const AGAIN = "Run it again; where that does not help, look into the server's log, and those of poolers on the way.";

function hintOf(cause: Error): string {
  if (cause instanceof ProtocolError) {
    return 'Check that host and port are those of PostgreSQL, and what stands between.';
  }
  return (cause instanceof DatabaseError && OF_STATES[cause.code ?? '']) || AGAIN;
}
