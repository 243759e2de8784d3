import type { PlanNode, PlanValue } from '../../src/model/plan.ts';
import type { Query } from '../../src/model/suite.ts';

type Fields = { readonly [name: string]: PlanValue | undefined };

const FIELDS = new Set([
  'startupCost',
  'totalCost',
  'planRows',
  'planWidth',
  'schema',
  'relationName',
  'alias',
  'indexName',
]);

/** A plan node: fields of PlanNode by their names, every other key a property under PostgreSQL's label. */
export function node(nodeType: string, fields: Fields = {}, ...plans: readonly PlanNode[]): PlanNode {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    nodeType,
    startupCost: 0,
    totalCost: 100,
    planRows: 10,
    planWidth: 8,
    ...Object.fromEntries(entries.filter(([name]) => FIELDS.has(name))),
    properties: Object.fromEntries(entries.filter(([name]) => !FIELDS.has(name))) as Record<string, PlanValue>,
    plans: plans.map((plan) => ({ ...plan, properties: { 'Parent Relationship': 'Outer', ...plan.properties } })),
  };
}

/** A Seq Scan of `relation` (`orders`, `archive.orders`, with an alias `orders o`). */
export function seqScan(relation: string, fields: Fields = {}): PlanNode {
  return node('Seq Scan', { ...named(relation), ...fields });
}

/** An Index Scan of `relation` by `indexName`. */
export function indexScan(relation: string, indexName: string, fields: Fields = {}): PlanNode {
  return node('Index Scan', { 'Scan Direction': 'Forward', ...named(relation), indexName, ...fields });
}

/** A Bitmap Heap Scan over one Bitmap Index Scan. */
export function bitmapScan(relation: string, indexName: string, fields: Fields = {}): PlanNode {
  return node('Bitmap Heap Scan', { ...named(relation), ...fields }, node('Bitmap Index Scan', { indexName }));
}

/** A join of an outer and an inner input. */
export function join(nodeType: string, outer: PlanNode, inner: PlanNode, fields: Fields = {}): PlanNode {
  return node(nodeType, { 'Join Type': 'Inner', ...fields }, as('Outer', outer), as('Inner', inner));
}

/** A Hash Join whose inner input is hashed. */
export function hashJoin(outer: PlanNode, inner: PlanNode, fields: Fields = {}): PlanNode {
  return join(
    'Hash Join',
    outer,
    node('Hash', { totalCost: inner.totalCost, planRows: inner.planRows }, inner),
    fields,
  );
}

/** A node in a role other than the outer input. */
export function as(role: string, plan: PlanNode, name?: string): PlanNode {
  const subplan = name === undefined ? {} : { 'Subplan Name': name };
  return { ...plan, properties: { ...plan.properties, 'Parent Relationship': role, ...subplan } };
}

/** A query of a suite named after itself. */
export function query(name: string, fields: Partial<Query> = {}): Query {
  return {
    name,
    sql: 'SELECT 1',
    statement: 'SELECT 1',
    parameters: [],
    cases: [],
    generic: false,
    settings: {},
    thresholds: {},
    expect: {},
    file: 'suites/orders.yaml',
    line: 12,
    ...fields,
  };
}

function named(relation: string): Fields {
  const [name = '', alias] = relation.split(' ');
  const [schema, relationName] = name.includes('.') ? name.split('.') : ['public', name];
  return { schema, relationName, alias: alias ?? relationName };
}
