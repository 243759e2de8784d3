import { RegressError } from '../../model/errors.ts';
import type { DatabaseError } from './client.ts';
import type { Connection } from './connection.ts';

/**
 * Classes of SQLSTATE (errcodes.txt) that say something of the server, of its other sessions or of the way to it, and
 * nothing of the statement: connection, transaction rollback, insufficient resources, operator intervention, system.
 */
const TROUBLE = ['08', '40', '53', '57', '58'];
/** ERRCODE_LOCK_NOT_AVAILABLE: lock_timeout, too. */
const LOCK_NOT_AVAILABLE = '55P03';
/** ERRCODE_QUERY_CANCELED: by somebody, or by statement_timeout, and only the time it took tells these apart. */
const CANCELED = '57014';
/** No limit of ours on planning is shorter than this. */
const SHORTEST_LIMIT_MS = 1500;

/**
 * Asks a server for a plan. What it says against the statement passes through as DatabaseError; what it says of itself,
 * because of which there is no verdict, becomes RegressError `connection`.
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
      detail: `${detail ? `${detail} ` : ''}SQLSTATE ${code}, which is about the server or its other sessions, so there is no verdict.`,
      hint: 'Run it again; where that does not help, look for locks, and into the log of the server.',
      cause: error,
    });
  }
}

/** Whether a server speaks of itself; of a statement that was ended, `took` milliseconds tell whether a limit of ours did it. */
export function isTrouble(code: string | undefined, took: number): boolean {
  if (code === undefined) return false;
  if (code === CANCELED) return took < SHORTEST_LIMIT_MS;
  return code === LOCK_NOT_AVAILABLE || (code.length === 5 && TROUBLE.includes(code.slice(0, 2)));
}
