import type { Diagnosis } from '../../model/diagnosis.ts';
import { type Connection, connect, DatabaseError } from '../../postgres/index.ts';
import { rangeEndsSupported } from '../../restore/index.ts';
import type { RunContext } from './run-context.ts';

const UNANSWERED = "the library regress_planner does not answer this server's probes of the ends of indexes";
const EFFECT = "Estimates there come from the ends of histograms, and may differ from production's.";

/** Estimates at the ends of an indexed range are production's only where the library answers the planner's probes. */
export async function warnOfRangeEnds(connection: Connection, context: RunContext): Promise<void> {
  const { level, message, detail } = await diagnosis(connection);
  if (level === 'warn') context.progress.warn(message, { detail });
}

/** The same of a database into which a snapshot was restored. */
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
      return { subject: 'target', level: 'ok', message: "the planner's probes of the ends of indexes are answered" };
    }
    return { subject: 'target', level: 'warn', message: UNANSWERED, detail: EFFECT };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const message = 'could not find out whether probes of the ends of indexes are answered';
    return { subject: 'target', level: 'warn', message, detail: `${error.message}.` };
  }
}
