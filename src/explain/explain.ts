import type { PlanNode } from '../model/plan.ts';
import type { ParameterValue, PlannedCase, Query } from '../model/suite.ts';
import { type Connection, DatabaseError, quoteIdent } from '../postgres/index.ts';
import { decodePlan } from './decode.ts';
import { inReadOnlyTransaction, SOURCE_LIMITS, settingStatements } from './session.ts';

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
  context: ExplainContext,
  work: (cleanup: string[]) => Promise<T>,
): Promise<T> {
  const session = sessionOf(query, context, []);
  return inReadOnlyTransaction(connection, session, () => work(session.cleanup));
}

const NOW_SQL = `SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00"') AS now`;

/** As explainQuery, on the source: it stays as it is, and a lock is not waited for. */
export async function explainOnSource(
  connection: Connection,
  query: Query,
  planned: PlannedCase,
  context: Omit<ExplainContext, 'now'>,
): Promise<SourcePlan> {
  const session = sessionOf(query, { ...context, now: null }, SOURCE_LIMITS);
  return inReadOnlyTransaction(connection, session, async () => {
    const [row] = await connection.query<{ now: string }>(NOW_SQL);
    const plan = await planOf(connection, query, planned, context, session.cleanup);
    return { plan, now: row?.now ?? '' };
  });
}

/**
 * As explainQuery, in the read-only transaction that is open, whose settings are as before when it succeeds. `undo` takes
 * what must be sent after a failure, once the transaction has ended.
 */
export async function explainInTransaction(
  connection: Connection,
  query: Query,
  planned: PlannedCase,
  { undo, role, ...context }: Omit<ExplainContext, 'now'> & { readonly undo: string[] },
): Promise<PlanNode> {
  const { set, reset } = settingStatements({ ...context.settings, ...query.settings });
  const become = role === null ? [] : [`SET LOCAL ROLE ${quoteIdent(role)}`];
  const begin = [...set, ...become];
  if (begin.length > 0) await connection.run(begin.join('; '));
  const plan = await planOf(connection, query, planned, context, undo);
  // What explainPrepared sets, where it had to.
  const prepared = undo.length > 0 ? ['SET LOCAL plan_cache_mode TO DEFAULT'] : [];
  const leave = role === null ? [] : ['SET LOCAL ROLE NONE'];
  const back = [...leave, ...reset, ...prepared, ...undo.splice(0)];
  if (back.length > 0) await connection.run(back.join('; '));
  return plan;
}

function sessionOf(query: Query, { now, role, settings }: Omit<ExplainContext, 'major'>, limits: readonly string[]) {
  return { limits, now, role, settings: { ...settings, ...query.settings }, cleanup: [] as string[] };
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
 * By the simple protocol: with bound parameters EXPLAIN would plan for their values. The suite's lexer has proven the
 * statement to be one, and standard_conforming_strings is on.
 */
async function explainGeneric(connection: Connection, query: Query): Promise<ExplainRow[]> {
  return withPrefix(EXPLAIN_GENERIC, query, (text) => connection.run<ExplainRow>(text));
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
