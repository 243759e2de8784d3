import type { PlanNode } from '../plan.ts';

/** The parts of EXPLAIN's "Subplan Name". */
export interface SubplanName {
  /** `CTE c`, `InitPlan 1` or `SubPlan 2`, as expressions refer to it. */
  readonly reference: string;
  /**
   * True for InitPlan and SubPlan, whose numbers change when one is added or removed. A CTE has the name from the
   * query.
   */
  readonly isNumbered: boolean;
  /** Parameters an InitPlan sets, such as `$0`. Until PostgreSQL 16, expressions refer to it by these. */
  readonly returns: readonly string[];
}

const NAME = /^((CTE|InitPlan|SubPlan) .*?)(?: \(returns (.+)\))?$/;

/** The name of a subplan; null if the node is not one. */
export function subplanName({ properties }: PlanNode): SubplanName | null {
  const written = properties['Subplan Name'];
  const [, reference, kind, returns] = (typeof written === 'string' && NAME.exec(written)) || [];
  if (reference === undefined) return null;
  return { reference, isNumbered: kind !== 'CTE', returns: returns?.split(/, ?/) ?? [] };
}

/** References to numbered subplans and to parameters. */
const REFERENCE = /\b(?:InitPlan|SubPlan) \w+|\$\d+/g;

/** Replaces the references to subplans in an expression; keeps those for which `replace` returns undefined. */
export function replaceReferences(expression: string, replace: (reference: string) => string | undefined): string {
  return expression.replace(REFERENCE, (reference) => replace(reference) ?? reference);
}
