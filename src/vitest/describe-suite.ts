import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plannedCases, type Suite } from '../model/suite.ts';
import { caseOf, originOf, planQuery } from './query-plan.ts';
import { sessionOf } from './session.ts';
import type { QueryPlan, SuiteOptions } from './types.ts';

/** Opening may compile the extension, and runs all migrations of the schema. */
const OPEN_TIMEOUT_MS = 600_000;

/** A plan takes milliseconds, but finding the cause of a change may restore an old snapshot. */
const TEST_TIMEOUT_MS = 120_000;

/**
 * Declares a test for each query and case of a suite. A test passes if `regress check` would pass. The path of the file is
 * relative to the folder of regress.yaml, such as `suites/orders.yaml`.
 */
export function describeSuite(file: string | URL, options: SuiteOptions = {}): void {
  const session = sessionOf(options);
  afterAll(session.close, OPEN_TIMEOUT_MS);
  describe(String(file), async () => {
    const suite = await session.load(file);
    beforeAll(session.open, OPEN_TIMEOUT_MS);
    for (const { query, case: caseName } of waysOf(suite)) {
      const title = caseName === null ? query : `${query} [${caseName}]`;
      test(title, { timeout: TEST_TIMEOUT_MS }, async ({ annotate }) => {
        const plan = await planQuery(session, suite, query, caseName);
        expect(plan).toMatchPlanBaseline();
        await session.settled();
        const { result } = originOf(plan, 'describeSuite').check;
        for (const { severity, message, code } of result.findings) {
          if (severity === 'warn') await annotate(`${message} [${code}]`, 'warning');
        }
      });
    }
  });
}

function waysOf(suite: Suite): { readonly query: string; readonly case: string | null }[] {
  return suite.queries.flatMap((query) =>
    plannedCases(query).map((planned) => ({ query: query.name, case: planned.name })),
  );
}

/** The plans of a suite, for your own tests. */
export interface SuitePlans {
  /**
   * The plan of a query. A query that is planned in several ways needs the name of a case; `generic` is the plan without
   * values. Rejects if PostgreSQL cannot plan the query.
   */
  plan(query: string, caseName?: string): Promise<QueryPlan>;
}

/** Opens a suite for the tests around it. Call it where hooks may be: at the top of a test file, or in a describe. */
export function useSuite(file: string | URL, options: SuiteOptions = {}): SuitePlans {
  const session = sessionOf(options);
  let suite: Suite | null = null;
  beforeAll(async () => {
    await session.open();
    suite = await session.load(file);
  }, OPEN_TIMEOUT_MS);
  afterAll(session.close, OPEN_TIMEOUT_MS);
  return {
    plan: async (query, caseName) => {
      if (suite === null)
        throw new Error('regress-pg/vitest: call plan() in a test, after the hooks of useSuite() have run');
      return planQuery(session, suite, query, caseOf(suite, query, caseName));
    },
  };
}
