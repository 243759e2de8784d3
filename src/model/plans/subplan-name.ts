import type { PlanNode } from '../plan.ts';

/** EXPLAIN's "Subplan Name", taken apart. */
export interface SubplanName {
  /** `CTE c`, `InitPlan 1` or `SubPlan 2`, as expressions refer to it. */
  readonly reference: string;
  /** A CTE is named by its query, and the others by numbers, which move when one comes or goes. */
  readonly isNumbered: boolean;
  /** Parameters an InitPlan sets, such as `$0`; until 16 expressions refer to it by these. */
  readonly returns: readonly string[];
}

const NAME = /^((CTE|InitPlan|SubPlan) .*?)(?: \(returns (.+)\))?$/;

/** The name of a subplan; null for a node that is none. */
export function subplanName({ properties }: PlanNode): SubplanName | null {
  const written = properties['Subplan Name'];
  const [, reference, kind, returns] = (typeof written === 'string' && NAME.exec(written)) || [];
  if (reference === undefined) return null;
  return { reference, isNumbered: kind !== 'CTE', returns: returns?.split(/, ?/) ?? [] };
}

/** References to numbered subplans and to parameters. */
const REFERENCE = /\b(?:InitPlan|SubPlan) \w+|\$\d+/g;

/** Replaces the references to subplans in an expression; what `replace` gives undefined for stays. */
export function replaceReferences(expression: string, replace: (reference: string) => string | undefined): string {
  return expression.replace(REFERENCE, (reference) => replace(reference) ?? reference);
}
