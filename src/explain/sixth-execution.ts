import type { ParameterValue, Query } from '../model/suite.ts';
import { type Connection, quoteLiteral } from '../postgres/index.ts';
import { type ExplainContext, inQueryTransaction, jsonParameters, PREPARED, prepare } from './explain.ts';

/** Number of custom plans before PostgreSQL considers the generic one (choose_custom_plan, plancache.c). */
const CUSTOM_PLANS = 5;

const GENERIC_PLANS_SQL = 'SELECT generic_plans FROM pg_catalog.pg_prepared_statements WHERE name = $1 ORDER BY 1';

/**
 * Whether PostgreSQL itself chooses the generic plan for the sixth execution of a prepared query with the same values.
 * EXPLAIN EXECUTE asks the plan cache as an execution does, but executes nothing. Throws as explainQuery does.
 */
export async function isGenericAfterFive(
  connection: Connection,
  query: Query,
  values: readonly ParameterValue[],
  context: ExplainContext,
): Promise<boolean> {
  return inQueryTransaction(connection, query, context, async (cleanup) => {
    const isJson = values.some((value) => typeof value === 'object') ? await jsonParameters(connection, query) : [];
    const literals = values.map((value, at) => literal(value, isJson[at] ?? false));
    await prepare(connection, query, cleanup);
    const execute = `EXPLAIN (COSTS OFF) EXECUTE ${PREPARED} (${literals.join(', ')})`;
    for (let execution = 0; execution <= CUSTOM_PLANS; execution += 1) await connection.query(execute);
    const [row] = await connection.query<{ generic_plans: string }>(GENERIC_PLANS_SQL, [PREPARED]);
    return Number(row?.generic_plans) > 0;
  });
}

function literal(value: ParameterValue, isJson: boolean): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'object') return quoteLiteral(String(value));
  return quoteLiteral(Array.isArray(value) && !isJson ? arrayText(value) : JSON.stringify(value));
}

/** An array as array_in reads it (arrayfuncs.c). */
function arrayText(elements: readonly ParameterValue[]): string {
  const texts = elements.map((element) => {
    if (element === null) return 'NULL';
    if (Array.isArray(element)) return arrayText(element);
    const text = typeof element === 'object' ? JSON.stringify(element) : String(element);
    return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  });
  return `{${texts.join(',')}}`;
}
