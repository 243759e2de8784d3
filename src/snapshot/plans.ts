import type { PlanNode } from '../model/plan.ts';
import type { ProductionPlan } from '../model/production-plan.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';
import { inFreshTransaction, PLANNING_SETTINGS_SQL } from './transaction.ts';

/** One plan to ask production for. */
export interface PlanRequest extends Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'> {
  /**
   * EXPLAINs the query in the transaction that is open and leaves its settings as they were. `undo` takes statements that
   * undo, after a failure, what outlives the transaction. Throws DatabaseError.
   */
  explain(connection: Connection, undo: string[]): Promise<PlanNode>;
}

export const NOW_SQL = `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS now`;

/** Production's own plans, in the transaction the statistics were read in as long as the source refuses none. */
export async function capturePlans(
  connection: Connection,
  requests: readonly PlanRequest[],
  advance: () => void,
): Promise<ProductionPlan[]> {
  await connection.run(PLANNING_SETTINGS_SQL);
  let now = await readNow(connection);
  const plans: ProductionPlan[] = [];
  for (const { explain, ...about } of requests) {
    const undo: string[] = [];
    try {
      plans.push({ ...about, now, plan: await explain(connection, undo), error: null });
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
      plans.push({ ...about, now, plan: null, error: error.message });
      await inFreshTransaction(connection, undo);
      await connection.run(PLANNING_SETTINGS_SQL);
      now = await readNow(connection);
    }
    advance();
  }
  return plans;
}

async function readNow(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ now: string }>(NOW_SQL);
  return row?.now ?? '';
}
