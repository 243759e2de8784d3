import type { Finding } from '../model/finding.ts';
import { type PlanNode, walkPlan } from '../model/plan.ts';
import type { UnknownObject } from '../model/unknown-object.ts';
import type { Rule } from './judgement.ts';

/** The plan leans on a relation or index of which production has told nothing. */
export const statisticsMissing: Rule = ({ current, unknown }) => {
  if (unknown.length === 0) return [];
  const nodes = [...walkPlan(current)];
  return unknown.flatMap((object): readonly Finding[] => {
    const node = nodes.find((candidate) => leansOn(candidate, object));
    if (node === undefined) return [];
    return [
      {
        code: 'statistics-missing',
        severity: 'warn',
        message: `planned without production's facts of ${object.description}`,
        detail: 'The snapshot does not know it: its size and statistics are those it has in the target.',
        hint: 'regress snapshot, once it is in production',
        node,
      },
    ];
  });
};

function leansOn(node: PlanNode, { kind, schemaname, name }: UnknownObject): boolean {
  if (kind === 'relation') return node.relationName === name && node.schema === schemaname;
  return kind === 'index' && node.indexName === name;
}
