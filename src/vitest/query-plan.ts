import { plannedCases, type Suite } from '../model/suite.ts';
import type { QueryCheck } from './query-checks.ts';
import type { Session } from './session.ts';
import type { QueryPlan } from './types.ts';

interface Origin {
  readonly session: Session;
  readonly check: QueryCheck;
}

const origins = new WeakMap<object, Origin>();

/** The check that a plan comes from. Throws TypeError for anything but a plan, such as a promise of one. */
export function originOf(received: unknown, matcher: string): Origin {
  const origin = typeof received === 'object' && received !== null ? origins.get(received) : undefined;
  if (origin !== undefined) return origin;
  const hint = received instanceof Promise ? ': await the plan first' : '';
  throw new TypeError(`${matcher}() takes a plan from useSuite(…).plan(…)${hint}`);
}

/** Plans a query. If PostgreSQL cannot plan it, rejects with the full report. */
export async function planQuery(
  session: Session,
  suite: Suite,
  query: string,
  caseName: string | null,
): Promise<QueryPlan> {
  const check = await session.check(suite, query, caseName);
  const { current } = check.result;
  if (current === null) throw new Error(check.text(check.result));
  const { totalCost, planRows, plan } = current;
  const queryPlan = { suite: suite.file, query, case: caseName, totalCost, planRows, plan };
  origins.set(queryPlan, { session, check });
  return queryPlan;
}

/** The named case, or the only one. Throws an error that lists the queries or cases that exist. */
export function caseOf(suite: Suite, name: string, wanted: string | undefined): string | null {
  const query = suite.queries.find((one) => one.name === name);
  if (query === undefined) {
    throw new Error(`no query "${name}" in ${suite.file}; it has ${suite.queries.map((one) => one.name).join(', ')}`);
  }
  const cases = plannedCases(query).map((planned) => planned.name);
  const [only] = cases;
  if (wanted === undefined && cases.length === 1 && only !== undefined) return only;
  if (wanted !== undefined && cases.includes(wanted)) return wanted;
  const problem = wanted === undefined ? 'has several cases' : `has no case "${wanted}"`;
  throw new Error(
    `query "${name}" of ${suite.file} ${problem}; it has ${cases.map((one) => one ?? 'none').join(', ')}`,
  );
}
