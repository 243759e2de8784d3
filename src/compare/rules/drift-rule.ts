import type { SchemaDrift } from '../../model/drift.ts';
import type { Finding } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import { listed } from '../../model/text/wording.ts';
import type { Rule } from './judgement.ts';

const MAX_NAMED = 3;

/** The query touches something that production has and the schema of the target has not. */
export const schemaDrift: Rule = ({ current, baseline, named, missing, reproduced, thresholds }) => {
  // A plan that is production's own to the last digit has lost nothing by what is missing.
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
      message: `production has what this schema lacks: ${listed(names, MAX_NAMED)}`,
      detail: found.some(({ kind }) => kind === 'partition')
        ? 'Without its partitions a table is planned as if their rows did not exist.'
        : 'A plan made without them need not be the one production makes.',
      hint: 'add "- production: [partitions, indexes]" to target.prepare of regress.yaml, unless the branch drops it on purpose',
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

/** A name without a schema may be that of any. */
function touches(relations: ReadonlySet<string>, { touchedBy }: SchemaDrift): boolean {
  return [...touchedBy].some((name) => relations.has(name) || relations.has(name.slice(name.indexOf('.') + 1)));
}
