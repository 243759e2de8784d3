import type { PlanNode } from '../../model/plan.ts';

/** A setting that can keep the planner from using a kind of node. */
export interface PlannerSwitch {
  readonly name: string;
  /** The value that turns it off. */
  readonly off: string;
  readonly turnsOff: (node: PlanNode) => boolean;
  /**
   * True if the planner, until 17, still uses such nodes if it has no other way, and adds 1e10 to their cost (disable_cost,
   * costsize.c). False if it never uses them.
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

/** All switches. If several apply to a node, the narrowest comes first. cost_index() checks enable_indexscan for both kinds. */
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

/** disable_cost in costsize.c. 18 counts disabled nodes instead. */
const DISABLE_COST = 1e10;
const PENALTIES_UNTIL_MAJOR = 17;

/**
 * Returns a plan made with switches off, with the costs it has with all switches on. Null if the penalty cannot be
 * separated from the cost, because a node above multiplied it.
 */
export function withoutPenalties(plan: PlanNode, off: ReadonlySet<string>, major: number): PlanNode | null {
  if (major > PENALTIES_UNTIL_MAJOR) return withoutDisabledMarks(plan);
  return unpenalized(plan, off)?.plan ?? null;
}

/** 18 and later mark disabled nodes and add nothing to their cost. */
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
  // A Limit, or the inner side of a nested loop, scales the cost of its input and so the penalty.
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

/** Rounds to EXPLAIN's two decimals. */
function cents(cost: number): number {
  return Math.round(cost * 100) / 100;
}
