import type { Finding } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import type { SizeEstimate, UnknownObject } from '../../model/unknown-object.ts';
import type { Rule } from './judgement.ts';

/** The plan leans on a relation or index of which production has told nothing, or the snapshot what cannot be. */
export const statisticsMissing: Rule = ({ current, unknown }) =>
  unknown.flatMap((object): readonly Finding[] => {
    const node = object.estimate === undefined ? leaningNode(current, object) : undefined;
    if (node === undefined) return [];
    const { kind, description, refused } = object;
    if (refused !== undefined) return [refusedStatistics(object, refused, node)];
    return [
      {
        code: 'statistics-missing',
        severity: 'warn',
        message: `planned without production's facts of ${description}`,
        ...(kind === 'relation' ? aboutTable(object) : ABOUT_OTHERS),
        node,
      },
    ];
  });

function refusedStatistics({ description }: UnknownObject, refused: string, node: PlanNode): Finding {
  return {
    code: 'statistics-missing',
    severity: 'warn',
    message: `planned without statistics of ${description}, which no server can have written`,
    detail: `${refused}\nA plan that changed for want of them is the doing of the snapshot, not of the branch.`,
    hint: 'regress snapshot, and look at who changed that file',
    node,
  };
}

const ABOUT_OTHERS = {
  detail: 'The snapshot does not know it: its size and statistics are those it has in the target.',
  hint: 'regress snapshot, once it is in production',
};

function aboutTable({ schemaname, name }: UnknownObject): Pick<Finding, 'detail' | 'hint'> {
  const path = schemaname === 'public' ? name : `${schemaname}.${name}`;
  return {
    detail:
      'The snapshot does not know it. PostgreSQL takes a table that was never analyzed to have 10 pages, or as many as its file where that is larger.',
    hint: `Say in regress.yaml how many rows to expect: expect: { tables: { ${path}: { rows: 1000000 } } }`,
  };
}

/** The plan leans on a relation or index whose size is a model's. */
export const estimatedSize: Rule = ({ current, unknown }) =>
  unknown.flatMap((object): readonly Finding[] => {
    const node = leaningNode(current, object);
    if (object.estimate === undefined || node === undefined) return [];
    return [
      {
        code: 'estimated-size',
        severity: 'note',
        message: `${object.description} is not production's: planned with ${describeSize(object.estimate)}`,
        detail: object.estimate.basis.join('\n'),
        hint: 'regress snapshot, once it is in production',
        node,
      },
    ];
  });

/** Figures of a model in words, such as `2745 pages, 1000000 tuples, height 2`. */
function describeSize({ pages, tuples, tree_height }: SizeEstimate): string {
  const height = tree_height === null ? [] : [`height ${tree_height}`];
  return [`${pages} page${pages === 1 ? '' : 's'}`, `${tuples} tuple${tuples === 1 ? '' : 's'}`, ...height].join(', ');
}

function leaningNode(plan: PlanNode, object: UnknownObject): PlanNode | undefined {
  return [...walkPlan(plan)].find((node) => leansOn(node, object));
}

function leansOn(node: PlanNode, { kind, schemaname, name }: UnknownObject): boolean {
  if (kind === 'relation') return node.relationName === name && node.schema === schemaname;
  return kind === 'index' && node.indexName === name;
}
