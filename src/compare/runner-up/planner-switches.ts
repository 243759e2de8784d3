import type { PlanNode } from '../../model/plan.ts';

/** A setting that keeps the planner from a kind of node. */
export interface PlannerSwitch {
  readonly name: string;
  /** The value that turns it off. */
  readonly off: string;
  readonly turnsOff: (node: PlanNode) => boolean;
  /**
   * Until 17 such nodes are made all the same, at a cost of 1e10 more (disable_cost, costsize.c), where nothing else would
   * do; false for kinds that are then not made at all.
   */
  readonly penalizes: boolean;
}

const isType =
  (...types: readonly string[]) =>
  ({ nodeType }: PlanNode) =>
    types.includes(nodeType);
const isHashed = ({ nodeType, properties }: PlanNode) =>
  (nodeType === 'Aggregate' || nodeType === 'SetOp') && /^(Hashed|Mixed)$/.test(String(properties.Strategy));
const isParallel =
  (...types: readonly string[]) =>
  ({ nodeType, properties }: PlanNode) =>
    types.includes(nodeType) && properties['Parallel Aware'] === true;

/** Every switch, of several for one node the narrowest first. cost_index() asks enable_indexscan for both kinds. */
export const PLANNER_SWITCHES: readonly PlannerSwitch[] = [
  enable('seqscan', isType('Seq Scan')),
  kept('indexonlyscan', isType('Index Only Scan')),
  enable('indexscan', isType('Index Scan', 'Index Only Scan')),
  enable('bitmapscan', isType('Bitmap Heap Scan')),
  enable('tidscan', isType('Tid Scan')),
  enable('nestloop', isType('Nested Loop')),
  enable('hashjoin', isType('Hash Join')),
  enable('mergejoin', isType('Merge Join')),
  enable('sort', isType('Sort')),
  kept('incremental_sort', isType('Incremental Sort')),
  enable('hashagg', isHashed),
  kept('material', isType('Materialize')),
  kept('memoize', isType('Memoize')),
  enable('gathermerge', isType('Gather Merge')),
  kept('parallel_hash', isParallel('Hash', 'Hash Join')),
  kept('parallel_append', isParallel('Append')),
  {
    name: 'max_parallel_workers_per_gather',
    off: '0',
    turnsOff: isType('Gather', 'Gather Merge'),
    penalizes: false,
  },
];

function enable(what: string, turnsOff: PlannerSwitch['turnsOff']): PlannerSwitch {
  return { name: `enable_${what}`, off: 'off', turnsOff, penalizes: true };
}

function kept(what: string, turnsOff: PlannerSwitch['turnsOff']): PlannerSwitch {
  return { ...enable(what, turnsOff), penalizes: false };
}

/** costsize.c, disable_cost; gone in 18, which counts disabled nodes instead. */
const DISABLE_COST = 1e10;
const PENALTIES_UNTIL_MAJOR = 17;

/**
 * A plan that was made with switches off, with the costs it has with all of them on. Null where a penalty cannot be told
 * from the cost: where a node above multiplied it.
 */
export function withoutPenalties(plan: PlanNode, off: ReadonlySet<string>, major: number): PlanNode | null {
  if (major > PENALTIES_UNTIL_MAJOR) return withoutDisabledMarks(plan);
  return unpenalized(plan, off)?.plan ?? null;
}

/** 18 and later print what was disabled, and leave it out of the cost. */
function withoutDisabledMarks(plan: PlanNode): PlanNode {
  const { Disabled: _, ...properties } = plan.properties;
  return { ...plan, properties, plans: plan.plans.map(withoutDisabledMarks) };
}

function unpenalized(
  node: PlanNode,
  off: ReadonlySet<string>,
): { readonly plan: PlanNode; readonly penalties: number } | null {
  const below = node.plans.map((child) => unpenalized(child, off));
  if (!below.every((child) => child !== null)) return null;
  const own = PLANNER_SWITCHES.filter(
    ({ name, turnsOff, penalizes }) => penalizes && off.has(name) && turnsOff(node),
  ).length;
  const penalties = Math.round(node.totalCost / DISABLE_COST);
  // A limit, or the inner input of a loop, scales what its input costs, and the penalty with it.
  if (penalties !== below.reduce((sum, child) => sum + child.penalties, own)) return null;
  const atStart = Math.round(node.startupCost / DISABLE_COST);
  const plan = {
    ...node,
    startupCost: cents(node.startupCost - atStart * DISABLE_COST),
    totalCost: cents(node.totalCost - penalties * DISABLE_COST),
    plans: below.map((child) => child.plan),
  };
  return plan.startupCost < 0 || plan.totalCost < 0 ? null : { plan, penalties };
}

/** With EXPLAIN's two decimals. */
function cents(cost: number): number {
  return Math.round(cost * 100) / 100;
}
