import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { type Connection, connect, DatabaseError } from '../../postgres/index.ts';
import { rangeEndsSupported } from '../../restore/index.ts';
import type { RunContext } from './run-context.ts';

const ANSWERED = "regress_planner can give this server's planner production's range ends";
const UNANSWERED = "regress_planner cannot give this server's planner production's range ends";
const EFFECT =
  "Estimates near the ends of a column's range come from histograms instead, and may differ from production's.";

/**
 * Warns if regress_planner cannot answer this server's planner. Estimates near range ends are production's only if it
 * can.
 */
export async function warnOfRangeEnds(connection: Connection, context: RunContext): Promise<void> {
  const { level, message, detail } = await diagnosis(connection);
  if (level === 'warn') context.progress.warn(message, { detail });
}

/** The same check as a diagnosis, for a database into which a snapshot was restored. */
export async function diagnoseRangeEnds(url: string): Promise<Diagnosis> {
  const connection = await connect(url, 'target');
  try {
    return await diagnosis(connection);
  } finally {
    await connection.close();
  }
}

async function diagnosis(connection: Connection): Promise<Diagnosis> {
  try {
    if (await rangeEndsSupported(connection)) {
      return { subject: 'target', level: 'ok', message: ANSWERED };
    }
    return { subject: 'target', level: 'warn', message: UNANSWERED, detail: EFFECT };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const message = "could not check whether regress_planner can give this server's planner production's range ends";
    return { subject: 'target', level: 'warn', message, detail: `${error.message}.` };
  }
}
