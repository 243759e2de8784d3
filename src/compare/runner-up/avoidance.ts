import type { PlanNode } from '../../model/plan.ts';
import type { NodeChange, NodePair } from '../../model/plans/difference.ts';
import type { Avoidance, IndexName } from '../../model/plans/runner-up.ts';
import { comparePlans } from '../trees/compare-plans.ts';
import { type PlacedNode, placeNodes } from '../trees/placed-node.ts';
import { PLANNER_SWITCHES, type PlannerSwitch } from './planner-switches.ts';

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
