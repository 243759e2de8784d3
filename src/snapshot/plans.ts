import { setTimeout as pause } from 'node:timers/promises';
import type { PlanNode } from '../model/plan.ts';
import type { ProductionPlan } from '../model/production-plan.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';
import { isConflict, isLocked } from './source-session.ts';
import {
  inFreshTransaction,
  inShortTransaction,
  isOld,
  LOCKING_LIMITS_SQL,
  PLANNING_SETTINGS_SQL,
  SESSION_SETTINGS_SQL,
} from './transaction.ts';

/** One plan to ask production for. */
export interface PlanRequest extends Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'> {
  /**
   * EXPLAINs the query in the transaction that is open and leaves its settings as they were. `undo` takes statements that
   * undo, after a failure, what outlives the transaction. Throws DatabaseError.
   */
  explain(connection: Connection, undo: string[]): Promise<PlanNode>;
}

export const NOW_SQL = `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS now`;

/**
 * Planning locks the tables of a query, and a query that plans for longer than this is rare; one that is cancelled is
 * tried once more, when what it needs of the catalogs is at hand.
 */
export const PLANNING_LIMITS_SQL = LOCKING_LIMITS_SQL.replace("'1s'", "'1500ms'");

/** Settings of transactions that plans are made in. */
export const PLANS_SETTINGS_SQL = [SESSION_SETTINGS_SQL, PLANNING_SETTINGS_SQL, PLANNING_LIMITS_SQL].join(';\n');

/** Queries whose tables are locked are tried again so often. */
const LOOK_AGAIN_MS = 500;

export interface PlanOptions {
  /** Milliseconds for which queries whose tables are locked are tried again, when all others were planned. */
  readonly patience: number;
  readonly advance: () => void;
}

/** A plan, or why there is none. */
interface Answer {
  readonly plan: ProductionPlan;
  /** Somebody holds a table of it. */
  readonly locked: boolean;
}

/** Production's own plans, in the order of the requests; no transaction is much longer than planning takes. Throws DatabaseError. */
export async function capturePlans(
  connection: Connection,
  requests: readonly PlanRequest[],
  { patience, advance }: PlanOptions,
): Promise<ProductionPlan[]> {
  const answers = new Map<PlanRequest, Answer>();
  const answer = (request: PlanRequest, given: Answer) => answers.set(request, given);
  await planAll(connection, requests, (request, given) => {
    answer(request, given);
    advance();
  });
  const until = Date.now() + patience;
  for (;;) {
    const locked = requests.filter((request) => answers.get(request)?.locked);
    if (locked.length === 0 || Date.now() >= until) break;
    await pause(LOOK_AGAIN_MS);
    await planAll(connection, locked, answer);
  }
  return requests.map((request) => (answers.get(request) as Answer).plan);
}

async function planAll(
  connection: Connection,
  requests: readonly PlanRequest[],
  answer: (request: PlanRequest, given: Answer) => void,
): Promise<void> {
  const left = [...requests];
  while (left.length > 0) {
    // Where recovery interrupts, it goes on with those that are left.
    await inShortTransaction(connection, PLANS_SETTINGS_SQL, async () => {
      const now = await readNow(connection);
      let [request] = left;
      while (request !== undefined) {
        const given = await planOne(connection, request, now);
        answer(request, given);
        left.shift();
        [request] = given.plan.now === now && given.plan.plan !== null && !isOld(connection) ? left : [];
      }
    });
  }
}

/** ERRCODE_QUERY_CANCELED, by its time limit. */
const CANCELED = '57014';

/** Where the server does not plan the query, or not at once, the transaction is another one afterwards. */
async function planOne(connection: Connection, request: PlanRequest, now: string, again = true): Promise<Answer> {
  const { explain, ...about } = request;
  const undo: string[] = [];
  try {
    return { plan: { ...about, now, plan: await explain(connection, undo), error: null }, locked: false };
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
    await inFreshTransaction(connection, undo);
    if (isConflict(error)) throw error;
    if (error.code === CANCELED && again) return planOne(connection, request, await readNow(connection), false);
    return { plan: { ...about, now, plan: null, error: error.message }, locked: isLocked(error) };
  }
}

/** now() of the transaction, as text with a time zone. */
export async function readNow(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ now: string }>(NOW_SQL);
  return row?.now ?? '';
}
