import type { Finding } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import type { SchemaDrift } from '../../model/target/drift.ts';
import { listed } from '../../model/text/wording.ts';
import type { Rule } from './judgement.ts';

const MAX_NAMED = 3;

/** The query uses a relation for which production has an object that the target's schema lacks. */
export const schemaDrift: Rule = ({ current, baseline, named, missing, reproduced, thresholds }) => {
  // If the plan is identical to production's own, the missing objects make no difference.
  if (missing.length === 0 || reproduced) return [];
  const relations = touched(current, named);
  if (baseline !== null) for (const name of scanned(baseline.plan)) relations.add(name);
  const found = missing.filter((object) => touches(relations, object));
  if (found.length === 0) return [];
  const names = found.map(({ description }) => description);
  return [
    {
      code: 'schema-drift',
      severity: thresholds.drift,
      message: `production has objects that this schema lacks: ${listed(names, MAX_NAMED)}`,
      detail: found.some(({ kind }) => kind === 'partition')
        ? 'The planner does not see the rows of a missing partition.'
        : "With them, production's plan may differ from this one.",
      hint: 'Add "- production: [partitions, indexes]" to target.prepare in regress.yaml, unless this branch drops them on purpose.',
    } satisfies Finding,
  ];
};

function touched(plan: PlanNode, named: readonly string[]): Set<string> {
  return new Set([...scanned(plan), ...named]);
}

function scanned(plan: PlanNode): string[] {
  return [...walkPlan(plan)].flatMap(({ schema, relationName }) =>
    relationName === undefined ? [] : [schema === undefined ? relationName : `${schema}.${relationName}`],
  );
}

/** A name without a schema matches a relation of any schema. */
function touches(relations: ReadonlySet<string>, { touchedBy }: SchemaDrift): boolean {
  return [...touchedBy].some((name) => relations.has(name) || relations.has(name.slice(name.indexOf('.') + 1)));
}
