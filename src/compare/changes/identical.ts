import { isDeepStrictEqual } from 'node:util';
import type { PlanNode, PlanValue } from '../../model/plan.ts';

/**
 * True if two plans are identical in every node, property, cost, row and width. The widths of an INSERT and of its source
 * do not count: each dropped column of the table adds a placeholder to them (preptlist.c, expand_insert_targetlist), and
 * a newly built schema has no dropped columns.
 */
export function isIdentical(a: PlanNode, b: PlanNode): boolean {
  return isDeepStrictEqual(withoutInsertWidth(a), withoutInsertWidth(b));
}

/** True if two plans do the same work in the same order, whatever their costs, rows and widths. */
export function isSameShape(a: PlanNode, b: PlanNode): boolean {
  return isDeepStrictEqual(shapeOf(a), shapeOf(b));
}

/** True for a property that is an estimate: Memoize has some from 19 on, and hash aggregates have their spill partitions. */
export function isEstimate(label: string): boolean {
  return label.startsWith('Estimated ') || label === 'Planned Partitions';
}

/** Returns the plan with the widths that dropped columns change set to 0. */
export function withoutInsertWidth(node: PlanNode): PlanNode {
  const isInsert = node.nodeType === 'ModifyTable' && node.properties.Operation === 'Insert';
  const plans = node.plans.map((child) => {
    const same = withoutInsertWidth(child);
    return isInsert && child.properties['Parent Relationship'] === 'Outer' ? { ...same, planWidth: 0 } : same;
  });
  return isInsert ? { ...node, planWidth: 0, plans } : { ...node, plans };
}

/** A plan without its costs, rows and widths. */
type Shape = Omit<PlanNode, 'startupCost' | 'totalCost' | 'planRows' | 'planWidth' | 'plans'> & {
  readonly plans: readonly Shape[];
};

/** A plan without any estimate. */
export function shapeOf(node: PlanNode): Shape {
  const { startupCost: _startup, totalCost: _total, planRows: _rows, planWidth: _width, plans, ...shape } = node;
  return { ...shape, properties: shapeProperties(shape.properties), plans: plans.map(shapeOf) };
}

function shapeProperties(properties: PlanNode['properties']): Readonly<Record<string, PlanValue>> {
  return Object.fromEntries(Object.entries(properties).filter(([label]) => !isEstimate(label)));
}
