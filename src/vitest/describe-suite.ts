import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plannedCases, type Suite } from '../model/suite.ts';
import { caseOf, originOf, planQuery } from './query-plan.ts';
import { sessionOf } from './session.ts';
import type { QueryPlan, SuiteOptions } from './types.ts';

/** The extension may have to be compiled, and a schema takes as long as its migrations. */
const OPEN_TIMEOUT_MS = 600_000;

/** Plans take milliseconds; to find what changed one, it may be planned on an old snapshot too. */
const TEST_TIMEOUT_MS = 120_000;

/**
 * A test for each query of a suite and each way it is planned, which passes where `regress check` would. The file is
 * named from the folder of regress.yaml, such as `suites/orders.yaml`.
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

/** The plans of a suite, for tests of one's own. */
export interface SuitePlans {
  /**
   * The plan of a query, as one of its cases (`generic`: the generic plan) where it has more than one. Rejects where
   * PostgreSQL cannot plan it.
   */
  plan(query: string, caseName?: string): Promise<QueryPlan>;
}

/** To be called where hooks are: at the top of a test file, or in a describe. */
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
        throw new Error('regress-pg/vitest: plan() is for tests, when the hooks of useSuite() have run');
      return planQuery(session, suite, query, caseOf(suite, query, caseName));
    },
  };
}
