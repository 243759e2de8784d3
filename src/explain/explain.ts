import type { PlanNode } from '../model/plan.ts';
import type { ParameterValue, PlannedCase, Query } from '../model/suite.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';
import { FOREIGN_SQL, requireSettable } from './custom-settings.ts';
import { decodePlan } from './decode.ts';
import {
  BEGIN_SQL,
  inReadOnlyTransaction,
  type PlanningTransaction,
  SET_SQL,
  sourceLimits,
  targetLimits,
} from './session.ts';
import { withoutData } from './source-errors.ts';
import {
  IN_FORCE_SQL,
  type Mentioned,
  REACHING_CALLS_SQL,
  requireHarmless,
  requireOwnLimits,
  watchedSettings,
} from './source-rules.ts';

/** What a plan is made under besides the database itself. */
export interface ExplainContext {
  /** Server major; EXPLAIN can plan generically from 16. */
  readonly major: number;
  /** The time now() stands at, as text, by regress_planner.now; null leaves the clock alone. */
  readonly now: string | null;
  /** The role that plans, for privileges and policies; null: the session's. */
  readonly role: string | null;
  /** Settings before those of the query, such as the role's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the planner is kept from, by hidingSetting; none unless given. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Milliseconds after which planning is given up; 60 s unless given. */
  readonly timeout?: number;
}

/** What a plan of the source is made under. */
export interface SourceContext extends Pick<ExplainContext, 'major' | 'role' | 'settings'> {
  /** What the query mentions, by mentionedNames of src/suite. */
  readonly mentioned: Mentioned;
}

/** A plan of the source, and the time it was made at: now() of its transaction, as text with a time zone. */
export interface SourcePlan {
  readonly plan: PlanNode;
  readonly now: string;
}

interface ExplainRow {
  readonly 'QUERY PLAN': unknown;
}

const EXPLAIN = 'EXPLAIN (FORMAT JSON, VERBOSE) ';
const EXPLAIN_GENERIC = 'EXPLAIN (FORMAT JSON, VERBOSE, GENERIC_PLAN) ';
const GENERIC_PLAN_MAJOR = 16;

/** Name of the prepared statement; it lives only within one transaction of ours. */
export const PREPARED = 'regress_query';

/**
 * The plan PostgreSQL chooses for a query, never executed, in a read-only transaction that is rolled back. A case is
 * planned with its values bound (a custom plan), the generic plan as after five executions.
 * Throws DatabaseError when the server cannot plan it, `position` counting in `query.statement`, and leaves the
 * connection usable; RegressError `connection` when the session is lost.
 */
export async function explainQuery(
  connection: Connection,
  query: Query,
  planned: PlannedCase,
  context: ExplainContext,
): Promise<PlanNode> {
  return inQueryTransaction(connection, query, context, (cleanup) =>
    planOf(connection, query, planned, context, cleanup),
  );
}

/** Does something under what a query is planned under, in a read-only transaction that is rolled back. */
export async function inQueryTransaction<T>(
  connection: Connection,
  query: Query,
  { now, role, settings, hidden, timeout }: ExplainContext,
  work: (cleanup: string[]) => Promise<T>,
): Promise<T> {
  const transaction: PlanningTransaction = {
    limits: targetLimits(timeout),
    planner: { ...(now !== null && { 'regress_planner.now': now }), ...hidden },
    role,
    settings: [settings, query.settings],
    before: () => requireSettable(connection, query),
    cleanup: [],
  };
  return inReadOnlyTransaction(connection, transaction, () => work(transaction.cleanup));
}

const NOW_SQL = `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS now`;

/**
 * As explainQuery, on the source: it stays as it is, a lock is not waited for, and nothing of its data is in what is thrown.
 * Throws SourceRefusal for a query that would have it do more than plan, or work harder than it does by itself, and
 * where what it says may hold data.
 */
export async function explainOnSource(
  connection: Connection,
  query: Query,
  planned: PlannedCase,
  { major, role, settings, mentioned }: SourceContext,
): Promise<SourcePlan> {
  let own: Readonly<Record<string, string>> | null = null;
  const transaction: PlanningTransaction = {
    limits: sourceLimits(major),
    planner: {},
    role,
    settings: [settings, query.settings],
    before: async () => {
      await requireSettable(connection, query);
      await requireHarmless(connection, mentioned);
      own = await watchedSettings(connection, query);
    },
    cleanup: [],
  };
  return inReadOnlyTransaction(connection, transaction, async () => {
    if (own !== null) await requireOwnLimits(connection, query, { ...own, ...watchedOf(own, settings) });
    const [row] = await connection.query<{ now: string }>(NOW_SQL);
    // What it says of the text alone is said without looking at data.
    await withPrefix('', query, (text) => connection.parameterTypes(text));
    const plan = await planOf(connection, query, planned, { major }, transaction.cleanup).catch((error: unknown) => {
      throw error instanceof DatabaseError ? withoutData(error, planned) : error;
    });
    return { plan, now: row?.now ?? '' };
  });
}

/** What explainOnSource sends before it plans, in its order, with what each is for. */
export function sourceStatements(): readonly (readonly [purpose: string, sql: string])[] {
  return [
    ['begins a transaction, in which text is read as the suite wrote it', BEGIN_SQL],
    ["whether settings such as app.tenant_id are the application's own", FOREIGN_SQL],
    ['whether it calls what would do more than plan', REACHING_CALLS_SQL],
    [
      "the source's own of the settings that make planning harder, and again when those of the query hold",
      IN_FORCE_SQL,
    ],
    ["the role's settings, the query's, then limits and the role, which win", SET_SQL],
    ['the time of the plan; then its text is parsed', NOW_SQL],
  ];
}

/** Of the role's settings those that are watched. */
function watchedOf(own: Readonly<Record<string, string>>, settings: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(own, name)));
}

async function planOf(
  connection: Connection,
  query: Query,
  planned: PlannedCase,
  { major }: Pick<ExplainContext, 'major'>,
  cleanup: string[],
): Promise<PlanNode> {
  const explain = async () => {
    if (!planned.generic) return explainCustom(connection, query, planned.values);
    return major >= GENERIC_PLAN_MAJOR
      ? explainGeneric(connection, query)
      : explainPrepared(connection, query, cleanup);
  };
  return decodePlan((await explain())[0]?.['QUERY PLAN']);
}

async function explainCustom(
  connection: Connection,
  query: Query,
  values: readonly ParameterValue[],
): Promise<ExplainRow[]> {
  // Only a list needs to know its parameter's type: an array, or json?
  const isJson = values.some(Array.isArray) ? await jsonParameters(connection, query) : [];
  const bound = values.map((value, index) => (isJson[index] === true ? JSON.stringify(value) : value));
  return withPrefix(EXPLAIN, query, (text) => connection.query<ExplainRow>(text, bound));
}

/**
 * By the simple protocol, the only one that binds no parameters: with bound ones EXPLAIN would plan for their values. As
 * several statements may stand in such a message, the server first parses the very text under the very settings by the
 * extended protocol, which takes a single one.
 */
async function explainGeneric(connection: Connection, query: Query): Promise<ExplainRow[]> {
  return withPrefix(EXPLAIN_GENERIC, query, async (text) => {
    await connection.parameterTypes(text);
    return connection.run<ExplainRow>(text);
  });
}

async function explainPrepared(connection: Connection, query: Query, cleanup: string[]): Promise<ExplainRow[]> {
  await prepare(connection, query, cleanup);
  await connection.run('SET LOCAL plan_cache_mode = force_generic_plan');
  const nulls = query.parameters.map(() => 'NULL').join(', ');
  return connection.query<ExplainRow>(`${EXPLAIN}EXECUTE ${PREPARED} (${nulls})`);
}

const JSON_PARAMETERS_SQL = `
SELECT COALESCE(NULLIF(t.typbasetype, 0), t.oid)
         IN ('pg_catalog.json'::pg_catalog.regtype, 'pg_catalog.jsonb'::pg_catalog.regtype) AS is_json
  FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS p (type, ordinal)
  JOIN pg_catalog.pg_type AS t ON t.oid = p.type
 ORDER BY p.ordinal`;

/** For each parameter, whether it is json or jsonb, or a domain over one. */
export async function jsonParameters(connection: Connection, query: Query): Promise<boolean[]> {
  const types = await withPrefix('', query, (text) => connection.parameterTypes(text));
  const rows = await connection.query<{ is_json: boolean }>(JSON_PARAMETERS_SQL, [types]);
  return rows.map(({ is_json }) => is_json);
}

/** PREPARE outlives the transaction, so the way back is noted. */
export async function prepare(connection: Connection, query: Query, cleanup: string[]): Promise<void> {
  await withPrefix(`PREPARE ${PREPARED} AS `, query, (text) => connection.query(text));
  cleanup.push(`DEALLOCATE ${PREPARED}`);
}

/** Sends the query after a prefix; the position of an error is moved back to where it stands in the query itself. */
async function withPrefix<T>(prefix: string, { statement }: Query, send: (text: string) => Promise<T>): Promise<T> {
  try {
    return await send(prefix + statement);
  } catch (error) {
    const position = error instanceof DatabaseError ? Number(error.position) - prefix.length : Number.NaN;
    if (position > 0) (error as DatabaseError).position = String(position);
    throw error;
  }
}
