import type { PlanNode, PlanValue } from '../../model/plan.ts';
import { INDENT } from './format.ts';
import { PARENT_RELATIONSHIP, usualRelationship } from './relationship.ts';
import { NAME, PlanTextError, parseName, parseValue } from './scalar.ts';

/** A node whose properties and children are still being read. */
interface OpenNode extends Omit<PlanNode, 'properties' | 'plans' | 'schema'> {
  schema?: string;
  properties: Record<string, PlanValue>;
  plans: OpenNode[];
}

// Each repetition begins with a literal character, so a mismatch fails without backtracking.
const FIGURE = '-?[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?';
const NODE_LINE = new RegExp(
  `^( *)-> (?:(?<type>[A-Za-z]+(?: [A-Za-z]+)*?)|(?<quotedType>"(?:[^"\\\\]|\\\\.)*"))` +
    `(?: using (?<index>${NAME}))?` +
    `(?: on (?:(?<schema>${NAME})\\.)?(?<relation>${NAME})(?: (?<alias>${NAME}|-))?| as (?<bare>${NAME}))?` +
    ` {2}\\(cost=(?<startup>${FIGURE})\\.\\.(?<total>${FIGURE}) rows=(?<rows>${FIGURE}) width=(?<width>${FIGURE})\\)$`,
);
const PROPERTY_LINE = /^( *)("(?:[^"\\]|\\.)*"|[A-Za-z][^:"]*): (.+)$/;

/** Parses lines that `formatPlan` wrote. Throws PlanTextError with the first line that has another form. */
export function parsePlan(lines: readonly string[]): PlanNode {
  const path: OpenNode[] = [];
  let root: OpenNode | undefined;
  for (const [index, line] of lines.entries()) {
    try {
      if (/^ *-> /.test(line)) openNode(path, line);
      else readProperty(path, line);
    } catch (error) {
      throw new PlanTextError((error as Error).message, index + 1);
    }
    root ??= path[0];
  }
  if (root === undefined) throw new PlanTextError('expected a plan', 1);
  return root;
}

function openNode(path: OpenNode[], line: string): void {
  const match = NODE_LINE.exec(line);
  if (match?.groups === undefined) throw new Error('this is not a line of a plan node');
  const depth = (match[1]?.length ?? 0) / INDENT;
  const parent = path[depth - 1];
  if (depth === 0 ? path.length > 0 : parent === undefined) throw new Error('the indentation of a plan node is wrong');
  const node = nodeOf(match.groups);
  if (parent !== undefined) {
    node.properties[PARENT_RELATIONSHIP] = usualRelationship(parent.nodeType, parent.plans);
    parent.plans.push(node);
  }
  path.splice(depth, path.length, node);
}

function nodeOf(groups: Record<string, string | undefined>): OpenNode {
  const { type, quotedType, index, schema, relation, alias, bare, startup, total, rows, width } = groups;
  const name = (text: string | undefined) => (text === undefined ? undefined : parseName(text));
  const figures = {
    startupCost: Number(startup),
    totalCost: Number(total),
    // `+ 0` turns -0 into 0: -0 would be written as 0.
    planRows: Number(rows) + 0,
    planWidth: Number(width) + 0,
  };
  if (!Object.values(figures).every(Number.isFinite)) throw new Error('a figure of the plan node is too large');
  const relationName = name(relation);
  const aliasOfRelation = alias === '-' ? undefined : (name(alias) ?? relationName);
  const names = {
    schema: name(schema),
    relationName,
    alias: relation === undefined ? name(bare) : aliasOfRelation,
    indexName: name(index),
  };
  return {
    nodeType: type ?? parseName(quotedType ?? ''),
    ...figures,
    ...(Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined)) as Partial<PlanNode>),
    properties: {},
    plans: [],
  };
}

/** Works for every label, also for `__proto__`. */
function setProperty({ properties }: OpenNode, label: string, value: PlanValue): void {
  Object.defineProperty(properties, label, { value, enumerable: true, configurable: true, writable: true });
}

function readProperty(path: readonly OpenNode[], line: string): void {
  const [, margin, label, text] = PROPERTY_LINE.exec(line) ?? [];
  const node = path.at(-1);
  if (margin === undefined || label === undefined || text === undefined || node === undefined) {
    throw new Error('this is neither a line of a plan node nor of a property');
  }
  if (margin.length !== path.length * INDENT) throw new Error('the indentation of a property is wrong');
  const value = parseValue(text);
  if (label === 'Schema') node.schema = String(value);
  else if (value === null) delete node.properties[parseName(label)];
  else setProperty(node, parseName(label), value);
}
