import type { PlanNode } from '../../model/plan.ts';
import { PARENT_RELATIONSHIP, usualRelationship } from './relationship.ts';
import { formatCost, formatJson, formatName, formatValue } from './scalar.ts';

/** Columns by which a child is indented below its parent: the width of the arrow, so that properties align with the name. */
export const INDENT = 3;

/**
 * Writes a plan as text, without loss and readable in a diff: a line for each node with its figures, and below it a line
 * for each other property. The parent relationship is left out if it is the usual one.
 */
export function formatPlan(plan: PlanNode): string[] {
  return formatNode(plan, undefined, 0);
}

/** The line of one node, without indentation and properties. */
function formatPlanNode(node: PlanNode): string {
  const { startupCost, totalCost, planRows, planWidth } = node;
  const figures = `cost=${formatCost(startupCost)}..${formatCost(totalCost)} rows=${planRows} width=${planWidth}`;
  return `-> ${formatNodeType(node.nodeType)}${formatObject(node)}  (${figures})`;
}

function formatNode(node: PlanNode, usual: string | undefined, depth: number): string[] {
  const margin = ' '.repeat(depth * INDENT);
  const below = margin + ' '.repeat(INDENT);
  const properties = propertiesOf(node, usual).map(([label, value]) => `${below}${label}: ${value}`);
  const children = node.plans.flatMap((child, index) =>
    formatNode(child, usualRelationship(node.nodeType, node.plans.slice(0, index)), depth + 1),
  );
  return [margin + formatPlanNode(node), ...properties, ...children];
}

function propertiesOf(node: PlanNode, usual: string | undefined): [string, string][] {
  const { [PARENT_RELATIONSHIP]: relationship, ...others } = node.properties;
  const written: [string, string][] = [];
  if (relationship !== usual) {
    written.push([PARENT_RELATIONSHIP, relationship === undefined ? 'null' : formatValue(relationship)]);
  }
  // The node's own line holds a schema only together with a relation.
  if (node.schema !== undefined && node.relationName === undefined) written.push(['Schema', formatValue(node.schema)]);
  for (const [label, value] of Object.entries(others)) written.push([formatLabel(label), formatValue(value)]);
  return written;
}

/** `using INDEX on SCHEMA.RELATION ALIAS`. An alias equal to the relation's name is left out; a missing one is `-`. */
function formatObject({ indexName, schema, relationName, alias }: PlanNode): string {
  const using = indexName === undefined ? '' : ` using ${formatName(indexName)}`;
  if (relationName === undefined) return alias === undefined ? using : `${using} as ${formatName(alias)}`;
  const qualifier = schema === undefined ? '' : `${formatName(schema)}.`;
  return `${using} on ${qualifier}${formatName(relationName)}${formatAlias(alias, relationName)}`;
}

function formatAlias(alias: string | undefined, relationName: string): string {
  if (alias === undefined) return ' -';
  return alias === relationName ? '' : ` ${formatName(alias)}`;
}

function formatNodeType(nodeType: string): string {
  const isPlain = /^[A-Za-z]+(?: [A-Za-z]+)*$/.test(nodeType) && !/\b(?:using|on|as)\b/.test(nodeType);
  return isPlain ? nodeType : formatJson(nodeType);
}

function formatLabel(label: string): string {
  const isPlain = /^[A-Za-z][\w/()-]*(?: [\w/()-]+)*$/.test(label) && label !== 'Schema';
  return isPlain ? label : formatJson(label);
}
