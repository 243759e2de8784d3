import { expect } from 'vitest';
import { originOf } from './query-plan.ts';
import type { QueryPlan } from './types.ts';
import { updateMode } from './update-mode.ts';

expect.extend({
  toMatchPlanBaseline(received: unknown) {
    const { session, check } = originOf(received, 'toMatchPlanBaseline');
    const mode = updateMode();
    const isNew = check.result.baseline === null;
    if (!this.isNot && (mode === 'all' || (mode === 'new' && isNew))) {
      if (check.acceptance !== '') console.info(check.acceptance.trimEnd());
      session.accept(check);
      const { failed, result } = check.ifAccepted;
      return { pass: !failed, message: () => `\n${check.text(result)}` };
    }
    return { pass: !check.failed, message: () => `\n${check.text(check.result)}` };
  },

  toCostLessThan(received: unknown, limit: number) {
    originOf(received, 'toCostLessThan');
    const { query, case: caseName, totalCost } = received as QueryPlan;
    const name = caseName === null ? query : `${query} [${caseName}]`;
    const not = this.isNot ? ' not' : '';
    return {
      pass: totalCost < limit,
      actual: totalCost,
      expected: limit,
      message: () => `${name} is expected${not} to cost less than ${limit}; its plan costs ${totalCost}`,
    };
  },
});

interface PlanMatchers {
  /**
   * Passes if the plan matches its baseline within the thresholds of regress.yaml, the suite and the query. With `-u` the
   * plan becomes the baseline. Outside CI, a plan without a baseline becomes one.
   */
  toMatchPlanBaseline(): void;
  /** Passes if the total cost is below `cost`, in planner cost units. */
  toCostLessThan(cost: number): void;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: must be equal to vitest's own declaration
  interface Matchers<T = any> extends PlanMatchers {}
}
