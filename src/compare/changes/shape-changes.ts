import type { PlanNode } from '../../model/plan.ts';
import type { NodeChange, NodePair, ShapeChange } from '../../model/plans/difference.ts';
import { nodeTitle } from '../../model/plans/node-title.ts';
import { listed } from '../../model/text/wording.ts';
import { identityOf } from '../trees/identity.ts';
import type { Matching } from '../trees/match-nodes.ts';
import { classOf, isJoin } from '../trees/node-class.ts';
import { isSubplan, type PlacedNode } from '../trees/placed-node.ts';
import { joinOrder, scanName } from './join-order.ts';
import { isShapeChange } from './node-changes.ts';

/** The input of the sentences about two trees. */
export interface Trees {
  readonly baseline: readonly PlacedNode[];
  readonly current: readonly PlacedNode[];
  readonly matching: Matching;
  readonly pairOf: (placed: PlacedNode) => NodePair | null;
}

interface Weighed extends ShapeChange {
  /** Changes with a smaller weight come first. */
  readonly weight: number;
}

const WEIGHTS = {
  scan: 0,
  joinOrder: 1,
  parallelism: 2,
  join: 3,
  condition: 4,
  other: 5,
  parallel: 6,
  position: 7,
} as const;

/** The changes of shape in words, the most important first, at most one sentence for each node. */
export function shapeChanges(trees: Trees): readonly ShapeChange[] {
  const [order, parallelism] = [joinOrderChange(trees), parallelismChange(trees)];
  const whole: WholePlan = { joinOrder: order !== null, parallelism: parallelism !== null };
  const said = [
    ...[order, parallelism].filter((change) => change !== null),
    ...trees.matching.pairs().flatMap(([before, after]) => pairChange(before, after, trees, whole)),
    ...appearances(trees.baseline, trees, 'is gone', whole),
    ...appearances(trees.current, trees, 'is new', whole),
  ];
  return said.sort((a, b) => a.weight - b.weight).map(({ message, node }) => ({ message, node }));
}

function joinOrderChange({ baseline, current, matching }: Trees): Weighed | null {
  const [before, after] = [baseline[0], current[0]];
  if (before === undefined || after === undefined) return null;
  const old = joinOrder(before);
  const now = joinOrder(after, (scan) => scanName(matching.counterpart(scan) ?? scan));
  if (old === null || now === null || old === now || !isSameSet(old, now)) return null;
  const join = current.find((placed) => isJoin(placed.node)) ?? after;
  return {
    weight: WEIGHTS.joinOrder,
    message: `join order changed from ${shortened(old)} to ${shortened(now)}`,
    node: join.node,
  };
}

/** Changes that are reported for the plan as a whole, and not for its nodes again. */
interface WholePlan {
  readonly joinOrder: boolean;
  readonly parallelism: boolean;
}

function parallelismChange({ baseline, current }: Trees): Weighed | null {
  const isGather = ({ node }: PlacedNode) => classOf(node) === 'Gather';
  const [before, after] = [baseline.find(isGather), current.find(isGather)];
  if (before !== undefined && after === undefined) {
    return { weight: WEIGHTS.parallelism, message: 'the plan is no longer parallel', node: before.node };
  }
  if (before !== undefined || after === undefined) return null;
  const workers = after.node.properties['Workers Planned'];
  const message = `the plan became parallel, with ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return { weight: WEIGHTS.parallelism, message, node: after.node };
}

/** Two join orders are comparable only if they join the same tables. */
function isSameSet(a: string, b: string): boolean {
  const names = (order: string) => order.replaceAll(/[()]/g, '').split(', ').sort().join();
  return names(a) === names(b);
}

function pairChange(before: PlacedNode, after: PlacedNode, trees: Trees, whole: WholePlan): readonly Weighed[] {
  const changes = trees.pairOf(after)?.changes.filter(isShapeChange) ?? [];
  const own = changes.filter(
    ({ kind }) => !(whole.joinOrder && kind === 'position') && !(whole.parallelism && kind === 'parallel'),
  );
  if (own.length === 0) return [];
  const [old, now] = [nameOf(before, trees), nameOf(after, trees)];
  const weight = Math.min(...own.map((change) => weightOf(change, after.node)));
  const isOther = own.some(({ kind }) => kind === 'node type' || kind === 'index' || kind === 'join type');
  const message = isOther || old !== now ? `${old} became ${now}` : `${now} ${own.map(inWords).join(', ')}`;
  return [{ weight, message, node: after.node }];
}

function weightOf({ kind }: NodeChange, node: PlanNode): number {
  if (kind === 'node type' || kind === 'index' || kind === 'join type')
    return isScan(node) ? WEIGHTS.scan : WEIGHTS.join;
  if (kind === 'condition' || kind === 'parallel' || kind === 'position') return WEIGHTS[kind];
  return WEIGHTS.other;
}

function inWords({ kind, label, before, after }: NodeChange): string {
  if (kind === 'position') return `moved from ${before} to ${after}`;
  if (before === null) return `gained ${label} ${shortened(after ?? '')}`;
  if (after === null) return `lost ${label} ${shortened(before)}`;
  return `changed ${label} from ${shortened(before)} to ${shortened(after)}`;
}

/** Characters of a value. Longer ones, such as lists of hundreds of keys, can be read in the plans. */
const MAX_VALUE = 100;

function shortened(value: string): string {
  const characters = [...value];
  return characters.length <= MAX_VALUE ? value : `${characters.slice(0, MAX_VALUE - 1).join('')}…`;
}

/** Nodes that only one plan has, without those that a change of the whole plan covers, such as joins. */
function appearances(placed: readonly PlacedNode[], trees: Trees, verb: string, whole: WholePlan): readonly Weighed[] {
  const isCovered = (node: PlanNode) =>
    (whole.joinOrder && isJoin(node)) ||
    (whole.parallelism && (classOf(node) === 'Gather' || node.properties['Partial Mode'] === 'Partial'));
  return placed
    .filter((node) => trees.matching.counterpart(node) === undefined && !isCovered(node.node))
    .map((node) => ({
      weight: isScan(node.node) && node.node.relationName !== undefined ? WEIGHTS.scan : WEIGHTS.other,
      message: `${nameOf(node, trees)} ${verb}`,
      node: node.node,
    }));
}

function isScan(node: PlanNode): boolean {
  return identityOf(node).length > 0 || node.nodeType.startsWith('Bitmap');
}

const MAX_NAMES = 3;

/** A node's title; for a node without a name of its own, followed by the names of the relations it reads. */
function nameOf(placed: PlacedNode, trees: Trees): string {
  const title = titleOf(placed, trees);
  if (isScan(placed.node)) return title;
  const names = [...new Set(scansBelow(placed).map((scan) => scanName(counterpartInBaseline(scan, trees))))];
  if (names.length === 0) return title;
  return `${title} over ${listed(names, MAX_NAMES)}`;
}

function titleOf(placed: PlacedNode, trees: Trees): string {
  const { alias } = counterpartInBaseline(placed, trees).node;
  return nodeTitle(alias === undefined ? placed.node : { ...placed.node, alias });
}

/** Names of both plans use the baseline's aliases, so that a renumbered alias does not look like a change. */
function counterpartInBaseline(scan: PlacedNode, { matching, baseline }: Trees): PlacedNode {
  const other = matching.counterpart(scan);
  return other !== undefined && baseline[other.order] === other ? other : scan;
}

function scansBelow(placed: PlacedNode): readonly PlacedNode[] {
  return placed.children
    .filter((child) => !isSubplan(child))
    .flatMap((child) => (identityOf(child.node).length > 0 ? [child] : scansBelow(child)));
}
