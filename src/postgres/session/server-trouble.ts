import { RegressError } from '../../model/errors.ts';
import type { DatabaseError } from './client.ts';
import type { Connection } from './connection.ts';

/**
 * Classes of SQLSTATE (errcodes.txt) about the server, its other sessions or the connection, not about the statement:
 * connection, transaction rollback, insufficient resources, operator intervention, system.
 */
const TROUBLE = ['08', '40', '53', '57', '58'];
/** ERRCODE_LOCK_NOT_AVAILABLE, also by lock_timeout. */
const LOCK_NOT_AVAILABLE = '55P03';
/** ERRCODE_QUERY_CANCELED: by somebody or by statement_timeout; only the time it took tells them apart. */
const CANCELED = '57014';
/** No limit of ours on planning is shorter than this. */
const SHORTEST_LIMIT_MS = 1500;

/**
 * Asks a server for a plan. An error about the statement is thrown as the DatabaseError it is. An error about the server
 * leaves no verdict on the plan, and becomes RegressError `connection`. `about` names the query in its message.
 */
export async function askingForPlan<T>(connection: Connection, about: string, ask: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  try {
    return await ask();
  } catch (error) {
    const took = performance.now() - begun;
    if (error instanceof RegressError || !isTrouble((error as DatabaseError).code, took)) throw error;
    const { message, detail, code } = error as DatabaseError;
    throw new RegressError('connection', `${about} could not be planned on ${connection.url}: ${message}`, {
      detail: `${detail ? `${detail} ` : ''}SQLSTATE ${code} is about the server or its other sessions, so there is no verdict.`,
      hint: "Run the command again. If that does not help, look for locks, and into the server's log.",
      cause: error,
    });
  }
}

/**
 * True if an error is about the server. For a canceled statement, `took` (in milliseconds) tells whether it was a limit of
 * ours.
 */
export function isTrouble(code: string | undefined, took: number): boolean {
  if (code === undefined) return false;
  if (code === CANCELED) return took < SHORTEST_LIMIT_MS;
  return code === LOCK_NOT_AVAILABLE || (code.length === 5 && TROUBLE.includes(code.slice(0, 2)));
}
