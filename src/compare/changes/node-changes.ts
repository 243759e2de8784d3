import type { PlanNode, PlanValue } from '../../model/plan.ts';
import type { ChangeKind, NodeChange } from '../../model/plans/difference.ts';
import { propertyText } from '../../model/plans/node-title.ts';
import type { Rename } from '../trees/aliases.ts';
import type { Matching } from '../trees/match-nodes.ts';
import { isSubplan, type PlacedNode, roleOf } from '../trees/placed-node.ts';
import { isEstimate } from './identical.ts';

const KINDS: Readonly<Record<string, ChangeKind>> = {
  'Join Type': 'join type',
  'Index Cond': 'condition',
  'Recheck Cond': 'condition',
  'Order By': 'condition',
  Filter: 'condition',
  'Join Filter': 'condition',
  'Hash Cond': 'condition',
  'Merge Cond': 'condition',
  'TID Cond': 'condition',
  'Run Condition': 'condition',
  'One-Time Filter': 'condition',
  'Sort Key': 'key',
  'Presorted Key': 'key',
  'Group Key': 'key',
  'Cache Key': 'key',
  'Grouping Sets': 'key',
  'Parallel Aware': 'parallel',
  'Partial Mode': 'parallel',
  'Workers Planned': 'parallel',
};

// positionChange compares places by their parents; PostgreSQL renumbers subplans when one is added or removed.
const PLACES = new Set(['Parent Relationship', 'Subplan Name']);

/** The differences between two matched nodes, without their inputs. */
export function nodeChanges(
  baseline: PlacedNode,
  current: PlacedNode,
  matching: Matching,
  rename: Rename,
): readonly NodeChange[] {
  const [before, after] = [baseline.node, current.node];
  return [
    change('node type', 'Node Type', before.nodeType, after.nodeType),
    change('index', 'Index Name', before.indexName ?? null, after.indexName ?? null),
    ...propertyChanges(before, after, rename),
    ...positionChange(baseline, current, matching),
    change('cost', 'Total Cost', String(before.totalCost), String(after.totalCost)),
    change('cost', 'Startup Cost', String(before.startupCost), String(after.startupCost)),
    change('rows', 'Plan Rows', String(before.planRows), String(after.planRows)),
    change('width', 'Plan Width', String(before.planWidth), String(after.planWidth)),
  ].filter(({ before: old, after: now }) => old !== now);
}

/** True for a change of the plan's shape, false for a change of an estimate. */
export function isShapeChange({ kind }: NodeChange): boolean {
  return kind !== 'rows' && kind !== 'cost' && kind !== 'width';
}

function change(kind: ChangeKind, label: string, before: string | null, after: string | null): NodeChange {
  return { kind, label, before, after };
}

function propertyChanges(before: PlanNode, after: PlanNode, rename: Rename): readonly NodeChange[] {
  const labels = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  return [...labels]
    .filter((label) => !PLACES.has(label))
    .flatMap((label) => {
      const [old, now] = [text(before.properties[label]), text(after.properties[label])];
      if (old === now || (now !== null && old === rename(now))) return [];
      return [change(isEstimate(label) ? 'cost' : (KINDS[label] ?? 'property'), label, old, now)];
    });
}

function text(value: PlanValue | undefined): string | null {
  return value === undefined ? null : propertyText(value);
}

function positionChange(baseline: PlacedNode, current: PlacedNode, matching: Matching): readonly NodeChange[] {
  const [before, after] = [anchorOf(baseline, matching), anchorOf(current, matching)];
  const sameParent =
    before.parent === null ? after.parent === null : matching.counterpart(before.parent) === after.parent;
  if (sameParent && before.role === after.role) return [];
  return [change('position', 'Position', place(before), place(after))];
}

interface Anchor {
  /** The nearest ancestor that the other plan has too. */
  readonly parent: PlacedNode | null;
  /** The ancestor's input that leads to the node. */
  readonly role: string;
}

function anchorOf(placed: PlacedNode, matching: Matching): Anchor {
  const { parent } = placed;
  if (parent === null) return { parent, role: '' };
  if (matching.counterpart(parent) !== undefined) return { parent, role: roleOf(placed) };
  const above = anchorOf(parent, matching);
  // If the other plan lacks the parent, the role of a subplan says more than the role of that parent.
  return isSubplan(placed) ? { parent: above.parent, role: roleOf(placed) } : above;
}

function place({ parent, role }: Anchor): string {
  if (parent === null) return 'the top of the plan';
  const input = role === '' ? 'an input' : `the ${role.toLowerCase()} input`;
  return `${input} of ${parent.node.nodeType}`;
}
