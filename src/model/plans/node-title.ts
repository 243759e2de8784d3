import type { PlanNode, PlanValue } from '../plan.ts';

const GROUPING: Readonly<Record<string, string>> = {
  Sorted: 'GroupAggregate',
  Hashed: 'HashAggregate',
  Mixed: 'MixedAggregate',
};

/** The title of a node as in EXPLAIN's text format: `Index Scan using orders_pkey on public.orders o`. */
export function nodeTitle(node: PlanNode): string {
  const parallel = node.properties['Parallel Aware'] === true ? 'Parallel ' : '';
  return `${parallel}${operation(node)}${index(node)}${target(node)}`;
}

/** The relation of a node, qualified and quoted as EXPLAIN does, without its alias; undefined if it has none. */
export function qualifiedRelation(node: PlanNode): string | undefined {
  if (node.relationName === undefined) return undefined;
  return qualified(node.schema, node.relationName);
}

/** A property's value on one line; lists, such as sort keys, are joined with commas. */
export function propertyText(value: PlanValue): string {
  if (Array.isArray(value)) return value.map((item: PlanValue) => propertyText(item)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function operation(node: PlanNode): string {
  const { nodeType, properties } = node;
  if (nodeType === 'ModifyTable') return text(properties.Operation) ?? nodeType;
  if (nodeType === 'Aggregate') return aggregate(node);
  if (nodeType === 'SetOp') return [setOp(node), text(properties.Command)].filter(Boolean).join(' ');
  return join(nodeType, text(properties['Join Type']));
}

function aggregate({ properties }: PlanNode): string {
  const mode = text(properties['Partial Mode']);
  const name = GROUPING[text(properties.Strategy) ?? ''] ?? 'Aggregate';
  return mode === undefined || mode === 'Simple' ? name : `${mode} ${name}`;
}

function setOp({ properties }: PlanNode): string {
  return properties.Strategy === 'Hashed' ? 'HashSetOp' : 'SetOp';
}

/** EXPLAIN writes a `Hash Join` of type Left as `Hash Left Join`, and a `Nested Loop` as `Nested Loop Left Join`. */
function join(nodeType: string, joinType: string | undefined): string {
  if (joinType === undefined || joinType === 'Inner') return nodeType;
  return `${nodeType.replace(/ Join$/, '')} ${joinType} Join`;
}

function index({ indexName, nodeType, properties }: PlanNode): string {
  if (indexName === undefined) return '';
  if (nodeType === 'Bitmap Index Scan') return ` on ${quoted(indexName)}`;
  const backward = properties['Scan Direction'] === 'Backward' ? ' Backward' : '';
  return `${backward} using ${quoted(indexName)}`;
}

function target(node: PlanNode): string {
  const name = targetName(node);
  const alias = node.alias === undefined ? undefined : quoted(node.alias);
  if (name === undefined) return alias === undefined ? '' : ` on ${alias}`;
  const bare = node.relationName === undefined ? name : quoted(node.relationName);
  return alias === undefined || alias === bare ? ` on ${name}` : ` on ${name} ${alias}`;
}

function targetName(node: PlanNode): string | undefined {
  const { properties } = node;
  const named = text(properties['CTE Name'] ?? properties['Tuplestore Name'] ?? properties['Table Function Name']);
  if (named !== undefined) return quoted(named);
  const callee = text(properties['Function Name']);
  return callee === undefined ? qualifiedRelation(node) : qualified(node.schema ?? text(properties.Schema), callee);
}

function qualified(schema: string | undefined, name: string): string {
  return schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
