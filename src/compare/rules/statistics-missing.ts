import type { Finding } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import type { SizeEstimate, UnknownObject } from '../../model/target/unknown-object.ts';
import { REGRESS, type Rule } from './judgement.ts';

/** The plan uses a relation or index that the snapshot does not know, or whose statistics in it are impossible. */
export const statisticsMissing: Rule = ({ current, unknown }) =>
  unknown.flatMap((object): readonly Finding[] => {
    const node = object.estimate === undefined ? nodeUsing(current, object) : undefined;
    if (node === undefined) return [];
    const { kind, description, refused } = object;
    if (refused !== undefined) return [refusedStatistics(object, refused, node)];
    return [
      {
        code: 'statistics-missing',
        severity: 'warn',
        message: `planned without production's size and statistics of ${description}`,
        ...(kind === 'relation' ? aboutTable(object) : ABOUT_OTHERS),
        node,
      },
    ];
  });

function refusedStatistics({ description }: UnknownObject, refused: string, node: PlanNode): Finding {
  return {
    code: 'statistics-missing',
    severity: 'warn',
    message: `planned without the snapshot's statistics of ${description}, because no server can have written them`,
    detail: `${refused}\nIf the plan changed without them, the snapshot is the cause, not the branch.`,
    hint: `Take a new snapshot (${REGRESS} snapshot), and find out who changed that file.`,
    node,
  };
}

const SNAPSHOT_LATER = `Once it is in production, take a new snapshot: ${REGRESS} snapshot`;

const ABOUT_OTHERS = {
  detail: 'The snapshot does not know it, so the planner used its size and statistics in the target.',
  hint: SNAPSHOT_LATER,
};

function aboutTable({ schemaname, name }: UnknownObject): Pick<Finding, 'detail' | 'hint'> {
  const path = schemaname === 'public' ? name : `${schemaname}.${name}`;
  return {
    detail:
      'The snapshot does not know it. PostgreSQL assumes 10 pages for a table that was never analyzed, or the size of its file if that is larger.',
    hint: `Set the expected number of rows in regress.yaml: expect: { tables: { ${path}: { rows: 1000000 } } }`,
  };
}

/** The plan uses a relation or index whose size a model estimated. */
export const estimatedSize: Rule = ({ current, unknown }) =>
  unknown.flatMap((object): readonly Finding[] => {
    const node = nodeUsing(current, object);
    if (object.estimate === undefined || node === undefined) return [];
    return [
      {
        code: 'estimated-size',
        severity: 'note',
        message: `the size of ${object.description} is an estimate: ${describeSize(object.estimate)}`,
        detail: object.estimate.basis.join('\n'),
        hint: SNAPSHOT_LATER,
        node,
      },
    ];
  });

/** An estimated size in words, such as `2745 pages, 1000000 tuples, height 2`. */
function describeSize({ pages, tuples, tree_height }: SizeEstimate): string {
  const height = tree_height === null ? [] : [`height ${tree_height}`];
  return [`${pages} page${pages === 1 ? '' : 's'}`, `${tuples} tuple${tuples === 1 ? '' : 's'}`, ...height].join(', ');
}

function nodeUsing(plan: PlanNode, object: UnknownObject): PlanNode | undefined {
  return [...walkPlan(plan)].find((node) => uses(node, object));
}

function uses(node: PlanNode, { kind, schemaname, name }: UnknownObject): boolean {
  if (kind === 'relation') return node.relationName === name && node.schema === schemaname;
  return kind === 'index' && node.indexName === name;
}
