import { setTimeout as pause } from 'node:timers/promises';
import { SourceRefusal } from '../../model/errors.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { ProductionPlan } from '../../model/plans/production-plan.ts';
import { type Connection, DatabaseError } from '../../postgres/index.ts';
import { isConflict, isLocked } from '../source-session.ts';
import { overRecovery } from '../transaction.ts';

/** One plan to ask production for. */
export interface PlanRequest extends Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'> {
  /**
   * Runs EXPLAIN of the query in a read-only transaction of its own; `now` is the time it was planned at. Throws
   * DatabaseError, and SourceRefusal if the query was not sent to production.
   */
  explain(connection: Connection): Promise<{ readonly plan: PlanNode; readonly now: string }>;
}

export const NOW_SQL = `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS now`;

/** Pause between two tries of queries whose tables are locked. */
const LOOK_AGAIN_MS = 500;

export interface PlanOptions {
  /** Milliseconds to keep trying queries whose tables are locked, after all others were planned. */
  readonly patience: number;
  readonly advance: () => void;
}

/** A plan, or why there is none. */
interface Answer {
  readonly plan: ProductionPlan;
  /** True if another session has locked one of its tables. */
  readonly locked: boolean;
}

/**
 * Production's own plans, in the order of the requests. Each is made in a transaction of its own, so that its locks and
 * settings are gone before the next. Throws DatabaseError if the session was ended, or if recovery keeps canceling
 * statements.
 */
export async function capturePlans(
  connection: Connection,
  requests: readonly PlanRequest[],
  { patience, advance }: PlanOptions,
): Promise<ProductionPlan[]> {
  const answers = new Map<PlanRequest, Answer>();
  for (const request of requests) {
    answers.set(request, await planOne(connection, request));
    advance();
  }
  const until = Date.now() + patience;
  const locked = () => requests.filter((request) => answers.get(request)?.locked);
  while (locked().length > 0 && Date.now() < until) {
    await pause(LOOK_AGAIN_MS);
    for (const request of locked()) answers.set(request, await planOne(connection, request));
  }
  return requests.map((request) => (answers.get(request) as Answer).plan);
}

/** ERRCODE_QUERY_CANCELED: the query reached its time limit. */
const CANCELED = '57014';

/** A canceled query is tried once more, because the catalog rows it needs are cached then. */
async function planOne(connection: Connection, request: PlanRequest, again = true): Promise<Answer> {
  const { explain, ...about } = request;
  try {
    const planned = await overRecovery(connection, () => explain(connection));
    return { plan: { ...about, ...planned, error: null }, locked: false };
  } catch (error) {
    if (!(error instanceof SourceRefusal || isRefusal(error))) throw error;
    if (again && error instanceof DatabaseError && error.code === CANCELED) return planOne(connection, request, false);
    const { message } = error;
    return {
      plan: { ...about, now: await readNow(connection), plan: null, error: message },
      locked: isLocked(error),
    };
  }
}

function isRefusal(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.severity !== 'FATAL' && !isConflict(error);
}

/** now() as text with a time zone. If production does not plan a query, the target plans it at this time. */
export async function readNow(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ now: string }>(NOW_SQL);
  return row?.now ?? '';
}
