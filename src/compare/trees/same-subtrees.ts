import type { PlanNode, PlanValue } from '../../model/plan.ts';
import { replaceReferences, subplanName } from '../../model/plans/subplan-name.ts';
import { isEstimate } from '../changes/identical.ts';
import { replaceQualifiers } from './alias-prefixes.ts';
import { aliasStem, identityOf } from './identity.ts';
import { type PlacedNode, roleOf } from './placed-node.ts';

/**
 * Matches subtrees that do the same work in both trees, the tallest first. PostgreSQL renumbers the aliases and subplans
 * after an edit of the query, although they still do the same work. At each height, subtrees with equal text match before
 * subtrees that differ in numbers.
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

/** False for bitmap nodes: they have no meaning without the scan above them. */
function isWhole({ node, children }: PlacedNode): boolean {
  return children.length > 0 ? !/^Bitmap(And|Or)$/.test(node.nodeType) : identityOf(node).length > 0;
}

interface Description {
  /** Levels below the node; 0 for a leaf. */
  readonly height: number;
  /** A number for the subtree's work; equal subtrees have equal numbers. */
  readonly exact: number;
  /** The same, ignoring the numbers of aliases and subplans. */
  readonly numberless: number;
}

/** In EXPLAIN's order. */
type Descriptions = ReadonlyMap<PlacedNode, Description>;

/** Describes every subtree. Equal subtrees have equal numbers in all trees that share `numbers`. */
function describeTree(nodes: readonly PlacedNode[], numbers: Map<string, number>): Descriptions {
  const described = new Map<PlacedNode, Description>();
  const numbered = (what: unknown): number => {
    const key = JSON.stringify(what);
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const numberless = withoutNumbers(nodes.map(({ node }) => node));
  // Children follow their parents in EXPLAIN's order, so in reverse they are described first.
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

/** Rewrites names and expressions without the numbers that EXPLAIN gives to aliases and subplans. */
function withoutNumbers(nodes: readonly PlanNode[]): Spelling {
  // A parameter that no subplan sets belongs to the query itself.
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

/** What a node does by itself, without its inputs, place and estimates. */
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
