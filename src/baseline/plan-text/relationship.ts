import type { PlanNode } from '../../model/plan.ts';

/** The property that says which input of its parent a node is. */
export const PARENT_RELATIONSHIP = 'Parent Relationship';

/** Nodes whose children are all "Member" (ExplainMemberNodes in src/backend/commands/explain.c). */
const WITH_MEMBERS = ['Append', 'Merge Append', 'BitmapAnd', 'BitmapOr'];

/**
 * A node's relationship to its parent if its text names none, so that nearly every node can leave it out: Member below an
 * Append or similar; otherwise Outer for the first child and Inner for the next, not counting subplans.
 */
export function usualRelationship(parentType: string, elderSiblings: readonly PlanNode[]): string {
  if (parentType === 'Subquery Scan') return 'Subquery';
  if (WITH_MEMBERS.includes(parentType)) return 'Member';
  return elderSiblings.some((sibling) => sibling.properties[PARENT_RELATIONSHIP] === 'Outer') ? 'Inner' : 'Outer';
}
