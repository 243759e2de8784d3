import type { PlanNode } from '../../model/plan.ts';
import type { NodeChange, NodePair } from '../../model/plans/difference.ts';
import type { Avoidance, IndexName, RunnerUp } from '../../model/plans/runner-up.ts';
import { comparePlans } from '../trees/compare-plans.ts';
import { type PlacedNode, placeNodes } from '../trees/placed-node.ts';
import { PLANNER_SWITCHES, type PlannerSwitch, withoutPenalties } from './planner-switches.ts';

/** Nothing is avoided yet. */
export const NO_AVOIDANCE: Avoidance = { settings: {}, indexes: [] };

/**
 * Adds to what the planner must avoid, so that its next plan comes closer to the wanted shape: first the means that only
 * the current plan uses, or if there are none, means that the wanted plan uses elsewhere. Null if nothing is left to try.
 */
export function avoidMore(wanted: PlanNode, current: PlanNode, avoided: Avoidance): Avoidance | null {
  const [inWanted, changed] = [placeNodes(wanted), changedNodes(wanted, current)];
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
 * The cost of the wanted shape, from a plan that was made while some means were avoided. Null if that plan does not have
 * exactly this shape, or if its cost cannot be separated from penalties.
 */
export function runnerUpOf(wanted: PlanNode, planned: PlanNode, avoided: Avoidance, major: number): RunnerUp | null {
  const plan = withoutPenalties(planned, new Set(Object.keys(avoided.settings)), major);
  if (plan === null) return null;
  const { pairs, added, removed } = comparePlans(wanted, plan);
  if (added.length + removed.length > 0 || pairs.some(({ reshaped }) => reshaped)) return null;
  const without = [...Object.keys(avoided.settings), ...avoided.indexes.map(({ name }) => `index ${name}`)];
  return { totalCost: plan.totalCost, without };
}

/** Up to this share the planner itself treats costs as equal (STD_FUZZ_FACTOR, pathnode.c). */
const NEAR = 0.01;

/** True if the accepted plan would cost the same as the chosen one within 1 %. */
export function isNearTie(runnerUp: RunnerUp, current: PlanNode): boolean {
  return Math.abs(runnerUp.totalCost - current.totalCost) <= NEAR * current.totalCost;
}

/** Nodes of the current plan that the wanted plan lacks, or has with another kind, index or property. */
function changedNodes(wanted: PlanNode, current: PlanNode): readonly PlacedNode[] {
  const { pairs, added } = comparePlans(wanted, current);
  const other = new Set([...added, ...pairs.filter(isOfAnotherKind).map((pair) => pair.current)]);
  return placeNodes(current).filter(({ node }) => other.has(node));
}

const KINDS = new Set<NodeChange['kind']>(['node type', 'index', 'parallel', 'property']);

function isOfAnotherKind({ changes }: NodePair): boolean {
  return changes.some(({ kind }) => KINDS.has(kind));
}

/** The index that a node reads. EXPLAIN shows no schema for a bitmap's index; it is the table's. */
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
