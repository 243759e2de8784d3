import type { PlanNode, PlanValue } from '../../model/plan.ts';
import { replaceReferences, subplanName } from '../../model/plans/subplan-name.ts';
import { isEstimate } from '../changes/same-plan.ts';
import { aliasStem, identityOf } from './identity.ts';
import { type PlacedNode, roleOf } from './placed-node.ts';
import { replaceQualifiers } from './qualifiers.ts';

/**
 * Matches subtrees that do the same work in both trees, the tallest first: an edited query numbers its aliases and
 * subplans anew from the edit on, and what stands behind it is still the same work. At each height those that are
 * spelled alike go before those that only have other numbers.
 */
export function matchSubtrees(
  baseline: readonly PlacedNode[],
  current: readonly PlacedNode[],
  match: (before: PlacedNode, after: PlacedNode) => void,
): void {
  const numbers = new Map<string, number>();
  const [before, after] = [describeTree(baseline, numbers), describeTree(current, numbers)];
  const matched = new Set<PlacedNode>();
  const matchAll = (left: PlacedNode, right: PlacedNode): void => {
    matched.add(left).add(right);
    match(left, right);
    for (const [at, child] of left.children.entries()) matchAll(child, right.children[at] as PlacedNode);
  };
  const heights = new Set([...before.values()].map(({ height }) => height));
  for (const height of [...heights].sort((a, b) => b - a)) {
    const open = (trees: Descriptions) =>
      [...trees].filter(([placed, its]) => its.height === height && isWhole(placed) && !matched.has(placed));
    for (const spelling of ['exact', 'numberless'] as const) {
      const waiting = new Map<number, PlacedNode[]>();
      for (const [placed, its] of open(after)) {
        waiting.set(its[spelling], [...(waiting.get(its[spelling]) ?? []), placed]);
      }
      for (const [placed, its] of open(before)) {
        const found = waiting.get(its[spelling])?.shift();
        if (found !== undefined) matchAll(placed, found);
      }
    }
  }
}

/** False for bitmaps, which mean nothing without the scan above them. */
function isWhole({ node, children }: PlacedNode): boolean {
  return children.length > 0 ? !/^Bitmap(And|Or)$/.test(node.nodeType) : identityOf(node).length > 0;
}

interface Description {
  /** Levels below; 0 for a leaf. */
  readonly height: number;
  /** Number of what the subtree does, the same for equal ones. */
  readonly exact: number;
  /** The same without the numbers of aliases and subplans. */
  readonly numberless: number;
}

/** In EXPLAIN's order. */
type Descriptions = ReadonlyMap<PlacedNode, Description>;

/** Equal subtrees have equal numbers in all trees that share `numbers`. */
function describeTree(nodes: readonly PlacedNode[], numbers: Map<string, number>): Descriptions {
  const described = new Map<PlacedNode, Description>();
  const numbered = (what: unknown): number => {
    const key = JSON.stringify(what);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const numberless = withoutNumbers(nodes.map(({ node }) => node));
  // Children come after their parents in EXPLAIN's order.
  for (const placed of [...nodes].reverse()) {
    const below = placed.children.map((child) => described.get(child) as Description);
    const places = placed.children.map(placeOf);
    described.set(placed, {
      height: below.reduce((most, { height }) => Math.max(most, height + 1), 0),
      exact: numbered([work(placed.node, AS_IT_IS), places, below.map(({ exact }) => exact)]),
      numberless: numbered([work(placed.node, numberless), places, below.map((child) => child.numberless)]),
    });
  }
  return new Map([...described].reverse());
}

function placeOf(child: PlacedNode): string {
  const name = subplanName(child.node);
  return name === null || name.isNumbered ? roleOf(child) : name.reference;
}

interface Spelling {
  readonly alias: (alias: string) => string;
  readonly expression: (text: string) => string;
}

const AS_IT_IS: Spelling = { alias: (alias) => alias, expression: (text) => text };

/** Spells without the numbers that EXPLAIN gives to aliases and subplans. */
function withoutNumbers(nodes: readonly PlanNode[]): Spelling {
  // A parameter that no subplan sets is one of the query's own.
  const returned = new Set(nodes.flatMap((node) => subplanName(node)?.returns ?? []));
  const unnumbered = (reference: string) => {
    if (reference.startsWith('$')) return returned.has(reference) ? '$' : undefined;
    return reference.replace(/ .*/, '');
  };
  return {
    alias: aliasStem,
    expression: (text) => replaceReferences(replaceQualifiers(text, aliasStem), unnumbered),
  };
}

const PLACES = new Set(['Parent Relationship', 'Subplan Name']);

/** What a node does by itself: its inputs, its place and its estimates apart. */
function work(node: PlanNode, { alias, expression }: Spelling): unknown {
  const spelled = (value: PlanValue): PlanValue => {
    if (typeof value === 'string') return expression(value);
    return Array.isArray(value) ? value.map((item: PlanValue) => spelled(item)) : value;
  };
  const properties = Object.entries(node.properties)
    .filter(([label]) => !PLACES.has(label) && !isEstimate(label))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => [label, spelled(value)]);
  return [node.nodeType, node.schema, node.relationName, alias(node.alias ?? ''), node.indexName, properties];
}
