import { isDeepStrictEqual } from 'node:util';
import type { PlanNode } from '../../model/plan.ts';
import { nodeTitle, propertyText } from '../../model/plans/node-title.ts';
import type { FirstDifference } from '../../model/plans/verification.ts';
import { isEstimate, withoutInsertWidth } from './identical.ts';

/**
 * The first node in which two plans differ; null for identical plans. If their shapes differ, the first in EXPLAIN's
 * order. If only estimates differ, the first in order of execution, because a node's cost includes those of its inputs.
 */
export function firstDifference(source: PlanNode, target: PlanNode): FirstDifference | null {
  return firstOfShape(source, target) ?? firstOfEstimates(withoutInsertWidth(source), withoutInsertWidth(target));
}

function firstOfShape(source: PlanNode, target: PlanNode): FirstDifference | null {
  const own = differing(shapeFields(source), shapeFields(target));
  if (own !== null) return described(source, target, own);
  if (source.plans.length !== target.plans.length) {
    return described(source, target, ['inputs', source.plans.length, target.plans.length]);
  }
  return firstOf(source, target, firstOfShape);
}

function firstOfEstimates(source: PlanNode, target: PlanNode): FirstDifference | null {
  const below = firstOf(source, target, firstOfEstimates);
  if (below !== null) return below;
  const own = differing(estimateFields(source), estimateFields(target));
  return own === null ? null : described(source, target, own);
}

function firstOf(source: PlanNode, target: PlanNode, of: typeof firstOfShape): FirstDifference | null {
  for (const [at, child] of source.plans.entries()) {
    const other = target.plans[at];
    const found = other === undefined ? null : of(child, other);
    if (found !== null) return found;
  }
  return null;
}

type Fields = Readonly<Record<string, unknown>>;
type Differing = readonly [label: string, source: unknown, target: unknown];

function differing(source: Fields, target: Fields): Differing | null {
  const labels = [...new Set([...Object.keys(source), ...Object.keys(target)])];
  const label = labels.find((each) => !isDeepStrictEqual(source[each], target[each]));
  return label === undefined ? null : [label, source[label], target[label]];
}

function shapeFields({ nodeType, schema, relationName, alias, indexName, properties }: PlanNode): Fields {
  const shape = Object.entries(properties).filter(([label]) => !isEstimate(label));
  return {
    'Node Type': nodeType,
    Schema: schema,
    'Relation Name': relationName,
    'Index Name': indexName,
    Alias: alias,
    ...Object.fromEntries(shape),
  };
}

function estimateFields({ startupCost, totalCost, planRows, planWidth, properties }: PlanNode): Fields {
  const estimates = Object.entries(properties).filter(([label]) => isEstimate(label));
  return {
    'Plan Rows': planRows,
    'Startup Cost': startupCost,
    'Total Cost': totalCost,
    'Plan Width': planWidth,
    ...Object.fromEntries(estimates),
  };
}

function described(source: PlanNode, target: PlanNode, [label, there, here]: Differing): FirstDifference {
  const text = (value: unknown) => (value === undefined ? 'none' : propertyText(value as never));
  return {
    source: nodeTitle(source),
    target: nodeTitle(target),
    label,
    sourceValue: text(there),
    targetValue: text(here),
  };
}
