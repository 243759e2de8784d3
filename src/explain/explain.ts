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

/** Everything a plan depends on besides the database itself. */
export interface ExplainContext {
  /** Server major; EXPLAIN can make generic plans from 16. */
  readonly major: number;
  /** The value of now() while planning, as text, set by regress_planner.now; null: the real time. */
  readonly now: string | null;
  /** The role that plans, for privileges and policies; null: the session's role. */
  readonly role: string | null;
  /** Settings that the query's own override, such as those of the role. */
  readonly settings: Readonly<Record<string, string>>;
  /** The result of hidingSetting: indexes that the planner must not use. None by default. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Time limit for planning, in milliseconds; 60,000 by default. */
  readonly timeout?: number;
}

/** Everything a plan of the source depends on besides the database itself. */
export interface SourceContext extends Pick<ExplainContext, 'major' | 'role' | 'settings'> {
  /** Names in the query, from mentionedNames of src/sql. */
  readonly mentioned: Mentioned;
}

/** A plan of the source, and now() of its transaction, as text with a time zone. */
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

/** Name of the prepared statement. It exists only within one of our transactions. */
export const PREPARED = 'regress_query';

/**
 * The plan PostgreSQL chooses for a query. The query is never executed; the transaction is read-only and rolled back. A
 * case is planned with its values bound (a custom plan), the generic plan as after five executions. Throws
 * DatabaseError if the server cannot plan the query; its `position` refers to `query.statement`, and the connection
 * stays usable. Throws RegressError `connection` if the session is lost.
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

/**
 * Runs `work` with the settings, role and time of a query's planning, in a read-only transaction that is rolled back.
 */
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
 * explainQuery for the source. Changes nothing there, does not wait for locks, and never throws an error that contains
 * the source's data. Throws SourceRefusal for a query that would do more than plan, or make planning harder than the
 * source's own settings do, and for an error whose text may contain data.
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
    // Parsing comes first: its errors concern the text alone, so they can be shown in full.
    await withPrefix('', query, (text) => connection.parameterTypes(text));
    const plan = await planOf(connection, query, planned, { major }, transaction.cleanup).catch((error: unknown) => {
      throw error instanceof DatabaseError ? withoutData(error, planned) : error;
    });
    return { plan, now: row?.now ?? '' };
  });
}

/** The statements that explainOnSource sends before it plans, in order, each with its purpose. */
export function sourceStatements(): readonly (readonly [purpose: string, sql: string])[] {
  return [
    ['begins a transaction that reads text exactly as the suite wrote it', BEGIN_SQL],
    ["whether settings such as app.tenant_id are only the application's", FOREIGN_SQL],
    ['whether planning the query would run functions that do more than compute', REACHING_CALLS_SQL],
    ["the source's values of settings that make planning harder; again once the query's settings apply", IN_FORCE_SQL],
    ["the role's settings, the query's settings, then limits and the role, which override them", SET_SQL],
    ['the time of the plan; the query is parsed next', NOW_SQL],
  ];
}

/** The role's settings, limited to the names in `own`. */
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
  // Only an array needs its parameter's type: it can be a PostgreSQL array or json.
  const isJson = values.some(Array.isArray) ? await jsonParameters(connection, query) : [];
  const bound = values.map((value, index) => (isJson[index] === true ? JSON.stringify(value) : value));
  return withPrefix(EXPLAIN, query, (text) => connection.query<ExplainRow>(text, bound));
}

/**
 * Uses the simple protocol, the only one without bound parameters: with them, EXPLAIN would plan for their values. The
 * simple protocol allows several statements in a message. The server therefore parses the same text under the same
 * settings by the extended protocol first, which allows only one.
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

/** For each parameter, true if its type is json or jsonb, or a domain over one. */
export async function jsonParameters(connection: Connection, query: Query): Promise<boolean[]> {
  const types = await withPrefix('', query, (text) => connection.parameterTypes(text));
  const rows = await connection.query<{ is_json: boolean }>(JSON_PARAMETERS_SQL, [types]);
  return rows.map(({ is_json }) => is_json);
}

/** Prepares the query. PREPARE outlives the transaction, so this adds a DEALLOCATE to `cleanup`. */
export async function prepare(connection: Connection, query: Query, cleanup: string[]): Promise<void> {
  await withPrefix(`PREPARE ${PREPARED} AS `, query, (text) => connection.query(text));
  cleanup.push(`DEALLOCATE ${PREPARED}`);
}

/** Sends the query after a prefix. Corrects the position of an error, so that it refers to the query itself. */
async function withPrefix<T>(prefix: string, { statement }: Query, send: (text: string) => Promise<T>): Promise<T> {
  try {
    return await send(prefix + statement);
  } catch (error) {
    const position = error instanceof DatabaseError ? Number(error.position) - prefix.length : Number.NaN;
    if (position > 0) (error as DatabaseError).position = String(position);
    throw error;
  }
}
