import { SourceRefusal } from '../model/errors.ts';
import type { PlanNode } from '../model/plan.ts';
import type { ProductionPlan } from '../model/production-plan.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';

/** One plan to ask production for. */
export interface PlanRequest extends Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'> {
  /**
   * EXPLAINs the query in a read-only transaction of its own, at the time it says. Throws DatabaseError, and SourceRefusal
   * where production was not asked.
   */
  explain(connection: Connection): Promise<{ readonly plan: PlanNode; readonly now: string }>;
}

const NOW_SQL = `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS now`;

/** Production's own plans, each in a transaction of its own: what one of them locks, or leaves set, is gone before the next. */
export async function capturePlans(
  connection: Connection,
  requests: readonly PlanRequest[],
  advance: () => void,
): Promise<ProductionPlan[]> {
  const plans: ProductionPlan[] = [];
  for (const { explain, ...about } of requests) {
    try {
      plans.push({ ...about, ...(await explain(connection)), error: null });
    } catch (error) {
      const isRefusal =
        error instanceof SourceRefusal || (error instanceof DatabaseError && error.severity !== 'FATAL');
      if (!isRefusal) throw error;
      plans.push({ ...about, now: await readNow(connection), plan: null, error: error.message });
    }
    advance();
  }
  return plans;
}

/** The target plans a query that production does not at the time production was asked. */
async function readNow(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ now: string }>(NOW_SQL);
  return row?.now ?? '';
}
