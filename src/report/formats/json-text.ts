import type { PlanNode } from '../../model/plan.ts';

/** JSON for people and programs: indented by two spaces, no character that controls a terminal, a newline at the end. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2).replace(UNESCAPED, escaped)}\n`;
}

/**
 * Characters that JSON.stringify does not escape: DEL and the C1 controls, which terminals obey, and the number sign of
 * `##[error]` and similar commands, which CI runners obey anywhere in a line.
 */
const UNESCAPED = /[\u007f-\u009f]|#(?=#(?:vso|teamcity)?\[)/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const PARENT = 'Parent Relationship';

/**
 * A plan as JSON. Properties are in EXPLAIN's order, which a baseline made from it keeps. Only the parent relationship
 * comes first, as in a baseline that was read from its file.
 */
export function planJson(node: PlanNode): object {
  const { nodeType, startupCost, totalCost, planRows, planWidth, schema, relationName, alias, indexName } = node;
  return {
    nodeType,
    startupCost,
    totalCost,
    planRows,
    planWidth,
    schema,
    relationName,
    alias,
    indexName,
    properties: parentFirst(node.properties),
    plans: node.plans.map(planJson),
  };
}

function parentFirst(properties: PlanNode['properties']): PlanNode['properties'] {
  const { [PARENT]: relationship, ...others } = properties;
  return relationship === undefined ? others : { [PARENT]: relationship, ...others };
}

/** A copy with sorted keys. */
export function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
