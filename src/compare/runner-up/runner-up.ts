import type { PlanNode } from '../../model/plan.ts';
import type { NodeChange, NodePair } from '../../model/plans/difference.ts';
import type { Avoidance, IndexName, RunnerUp } from '../../model/plans/runner-up.ts';
import { comparePlans } from '../trees/compare-plans.ts';
import { type PlacedNode, placeNodes } from '../trees/placed-node.ts';
import { PLANNER_SWITCHES, type PlannerSwitch, withoutPenalties } from './planner-switches.ts';

/** Nothing is avoided yet. */
export const NO_AVOIDANCE: Avoidance = { settings: {}, indexes: [] };

/**
 * What to avoid besides, so that the planner comes nearer to a plan of the wanted shape than the one it made: what the
 * latter does and the former does nowhere, and where that is nothing, what it does elsewhere. Null where nothing is left
 * to try.
 */
export function avoidMore(wanted: PlanNode, made: PlanNode, avoided: Avoidance): Avoidance | null {
  const [inWanted, changed] = [placeNodes(wanted), changedNodes(wanted, made)];
  const known = new Set(avoided.indexes.map(indexKey));
  const usedByWanted = new Set(inWanted.flatMap(indexOf).map(indexKey));
  const indexes = unique(changed.flatMap(indexOf)).filter(
    (index) => !known.has(indexKey(index)) && !usedByWanted.has(indexKey(index)),
  );
  const open = PLANNER_SWITCHES.filter(
    ({ name, turnsOff }) => avoided.settings[name] === undefined && changed.some(({ node }) => turnsOff(node)),
  );
  const harmless = open.filter(({ turnsOff }) => !inWanted.some(({ node }) => turnsOff(node)));
  const switches = indexes.length + harmless.length > 0 ? harmless : open;
  if (indexes.length + switches.length === 0) return null;
  return { settings: { ...avoided.settings, ...turnedOff(switches) }, indexes: [...avoided.indexes, ...indexes] };
}

/**
 * What a plan made without something says of the wanted shape: its cost, where it has exactly that shape and its cost can
 * be told. Null otherwise.
 */
export function runnerUpOf(wanted: PlanNode, made: PlanNode, avoided: Avoidance, major: number): RunnerUp | null {
  const plan = withoutPenalties(made, new Set(Object.keys(avoided.settings)), major);
  if (plan === null) return null;
  const { pairs, added, removed } = comparePlans(wanted, plan);
  if (added.length + removed.length > 0 || pairs.some(({ reshaped }) => reshaped)) return null;
  const without = [...Object.keys(avoided.settings), ...avoided.indexes.map(({ name }) => `index ${name}`)];
  return { totalCost: plan.totalCost, without };
}

/** Plans whose costs are at most so far apart are one to the planner too (STD_FUZZ_FACTOR, pathnode.c). */
const NEAR = 0.01;

/** True where the accepted plan would cost as much as the chosen one, within 1 %. */
export function isNearTie(runnerUp: RunnerUp, current: PlanNode): boolean {
  return Math.abs(runnerUp.totalCost - current.totalCost) <= NEAR * current.totalCost;
}

/** Nodes of the plan that was made that the wanted one lacks or has in another kind. */
function changedNodes(wanted: PlanNode, made: PlanNode): readonly PlacedNode[] {
  const { pairs, added } = comparePlans(wanted, made);
  const other = new Set([...added, ...pairs.filter(isOfAnotherKind).map(({ current }) => current)]);
  return placeNodes(made).filter(({ node }) => other.has(node));
}

const KINDS = new Set<NodeChange['kind']>(['node type', 'index', 'parallel', 'property']);

function isOfAnotherKind({ changes }: NodePair): boolean {
  return changes.some(({ kind }) => KINDS.has(kind));
}

/** The index a node reads; EXPLAIN names no schema for that of a bitmap, which is its table's. */
function indexOf({ node, parent }: PlacedNode): readonly IndexName[] {
  if (node.indexName === undefined) return [];
  const schema = node.schema ?? heapSchema(parent);
  return schema === undefined ? [] : [{ schema, name: node.indexName }];
}

function heapSchema(placed: PlacedNode | null): string | undefined {
  return placed === null ? undefined : (placed.node.schema ?? heapSchema(placed.parent));
}

function indexKey({ schema, name }: IndexName): string {
  return JSON.stringify([schema, name]);
}

function unique(indexes: readonly IndexName[]): IndexName[] {
  return [...new Map(indexes.map((index) => [indexKey(index), index])).values()];
}

function turnedOff(switches: readonly PlannerSwitch[]): Record<string, string> {
  return Object.fromEntries(switches.map(({ name, off }) => [name, off]));
}
