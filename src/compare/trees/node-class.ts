import type { PlanNode } from '../../model/plan.ts';

/** Groups of node types that do the same work in different ways. Any other type is a class of its own. */
const CLASSES: readonly (readonly string[])[] = [
  ['Nested Loop', 'Hash Join', 'Merge Join'],
  ['Sort', 'Incremental Sort'],
  ['Aggregate', 'Group', 'Unique'],
  ['Append', 'Merge Append'],
  ['Gather', 'Gather Merge'],
  ['Materialize', 'Memoize'],
  ['BitmapAnd', 'BitmapOr'],
];

const CLASS_OF = new Map(CLASSES.flatMap((types) => types.map((type) => [type, types[0] ?? type] as const)));

export function classOf({ nodeType }: PlanNode): string {
  return CLASS_OF.get(nodeType) ?? nodeType;
}

export function isJoin(node: PlanNode): boolean {
  return classOf(node) === 'Nested Loop';
}
