import type { PlanNode, PlanValue } from '../model/plan.ts';
import { isUserOid } from '../model/sql/oid-values.ts';

type Json = Readonly<Record<string, unknown>>;

/** Root of a plan whose query the rewriter turned into several statements, or into none. */
const REWRITTEN = 'Rewritten Query';

/** Keys that are fields of PlanNode, and keys that do not affect the choice of a plan. */
const FIELDS = [
  'Node Type',
  'Startup Cost',
  'Total Cost',
  'Plan Rows',
  'Plan Width',
  'Schema',
  'Relation Name',
  'Alias',
  'Index Name',
  'Plans',
];
const DROPPED = ['Output'];

/** OID literals in conditions. ruleutils.c prints them as `'16385'::oid` or, in a list, `'{16385,16390}'::oid[]`. */
const OID_LITERAL = /'\{?[\d,]+\}?'::oid/g;

/**
 * Decodes the parsed result of EXPLAIN (FORMAT JSON, VERBOSE). Drops what is beside the plan (`Query Identifier`,
 * `JIT`, `Settings`, `Planning`). A query that rules rewrite into several statements becomes one node above their
 * plans, with the sum of their costs and rows. OIDs of users' objects, such as the constant that 'orders'::regclass
 * becomes, differ between databases, so an ellipsis replaces each. Throws TypeError for any other value.
 */
export function decodePlan(explainJson: unknown): PlanNode {
  if (!Array.isArray(explainJson)) throw new TypeError('EXPLAIN (FORMAT JSON) did not return a list of plans');
  const plans = explainJson
    .filter((entry): entry is { Plan: Json } => typeof entry === 'object' && entry !== null && 'Plan' in entry)
    .map((entry) => decodeNode(entry.Plan));
  const [first] = plans;
  return first !== undefined && plans.length === 1 ? first : rewritten(plans);
}

function rewritten(plans: readonly PlanNode[]): PlanNode {
  const sum = (figure: (plan: PlanNode) => number) => plans.reduce((total, plan) => total + figure(plan), 0);
  return {
    nodeType: REWRITTEN,
    startupCost: plans[0]?.startupCost ?? 0,
    totalCost: sum((plan) => plan.totalCost),
    planRows: sum((plan) => plan.planRows),
    planWidth: 0,
    properties: {},
    plans,
  };
}

function decodeNode(node: Json): PlanNode {
  const [schema, relationName, alias, indexName] = ['Schema', 'Relation Name', 'Alias', 'Index Name'].map(
    (label) => node[label],
  );
  const properties = Object.entries(node).filter(
    ([label, value]) => !FIELDS.includes(label) && !DROPPED.includes(label) && value !== false && value !== null,
  );
  return {
    nodeType: String(node['Node Type']),
    startupCost: figure(node, 'Startup Cost'),
    totalCost: figure(node, 'Total Cost'),
    planRows: figure(node, 'Plan Rows'),
    planWidth: figure(node, 'Plan Width'),
    ...(typeof schema === 'string' && { schema }),
    ...(typeof relationName === 'string' && { relationName }),
    ...(typeof alias === 'string' && { alias }),
    ...(typeof indexName === 'string' && { indexName }),
    properties: Object.fromEntries(properties.map(([label, value]) => [label, withoutOids(value as PlanValue)])),
    plans: ((node.Plans as Json[] | undefined) ?? []).map(decodeNode),
  };
}

function withoutOids(value: PlanValue): PlanValue {
  if (Array.isArray(value)) return value.map((each: PlanValue) => withoutOids(each));
  if (typeof value !== 'string' || !value.includes('::oid')) return value;
  return value.replace(OID_LITERAL, (literal) =>
    literal.replace(/\d+/g, (digits) => (isUserOid(Number(digits)) ? '…' : digits)),
  );
}

function figure(node: Json, label: string): number {
  const value = node[label];
  if (typeof value !== 'number')
    throw new TypeError(`EXPLAIN returned no "${label}" for ${JSON.stringify(node['Node Type'])}`);
  return value;
}
