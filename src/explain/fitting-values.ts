import type { Case, ParameterValue, Query } from '../model/suite.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';
import { type ExplainContext, inQueryTransaction } from './explain.ts';

/**
 * PostgreSQL's messages for cases whose values do not fit the types of the query's parameters, by case name. Empty for
 * a query that cannot be planned: planning it reports that.
 */
export async function unfitCases(
  connection: Connection,
  query: Query,
  cases: readonly Case[],
  context: ExplainContext,
): Promise<ReadonlyMap<string, string>> {
  if (cases.length === 0) return new Map();
  const inTransaction = <T>(work: () => Promise<T>) => inQueryTransaction(connection, query, context, work);
  const types = await inTransaction(async () =>
    typeNames(connection, await connection.parameterTypes(query.statement)),
  ).catch(messageOf);
  if (typeof types === 'string') return new Map();
  const columns = types.map((type, at) => `$${at + 1}::${type}`).join(', ');
  // As for planning: a list is json if the parameter is json, otherwise an array.
  const asSent = (value: ParameterValue, at: number) =>
    Array.isArray(value) && /^jsonb?$/.test(types[at] ?? '') ? JSON.stringify(value) : value;
  const refusal = (...wanted: readonly Case[]) =>
    inTransaction(async () => {
      for (const { values } of wanted) await connection.query(`SELECT ${columns}`, values.map(asSent));
      return null;
    }).catch(messageOf);
  if ((await refusal(...cases)) === null) return new Map();
  const unfit = new Map<string, string>();
  for (const each of cases) {
    const message = await refusal(each);
    if (message !== null) unfit.set(each.name, message);
  }
  return unfit;
}

function messageOf(error: unknown): string {
  if (error instanceof DatabaseError) return error.message;
  throw error;
}

const TYPE_NAMES_SQL = `
SELECT pg_catalog.format_type(type, NULL) AS name
  FROM pg_catalog.unnest($1::pg_catalog.oid[]) WITH ORDINALITY AS p (type, ordinal)
 ORDER BY ordinal`;

async function typeNames(connection: Connection, types: readonly number[]): Promise<string[]> {
  return (await connection.query<{ name: string }>(TYPE_NAMES_SQL, [types])).map(({ name }) => name);
}
