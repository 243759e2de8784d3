import type { PlanNode, PlanValue } from '../../model/plan.ts';

/** A constant as ruleutils.c prints it, also within an array or a list. */
const CONSTANT = String.raw`(?:[eE]?'(?:[^']|'')*'|(?<![\w$."])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w"]))`;
const CONSTANTS = new RegExp(String.raw`${CONSTANT}(?:::[\w" .]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?)?`, 'g');

/**
 * Returns `plan` with the constants of `other` in every condition that differs from one of `other` only in constants. So
 * the remaining differences do not come from the parameter values.
 */
export function withValuesOf(other: PlanNode, plan: PlanNode): PlanNode {
  const texts = new Map<string, string>();
  const known = new Set<string>();
  for (const text of textsOf(other)) {
    known.add(text);
    const bare = withoutConstants(text);
    if (!texts.has(bare)) texts.set(bare, text);
  }
  const move = (value: PlanValue): PlanValue => {
    if (Array.isArray(value)) return value.map((each: PlanValue) => move(each));
    if (typeof value !== 'string' || known.has(value)) return value;
    return texts.get(withoutConstants(value)) ?? value;
  };
  const moveNode = (node: PlanNode): PlanNode => ({
    ...node,
    properties: Object.fromEntries(Object.entries(node.properties).map(([label, value]) => [label, move(value)])),
    plans: node.plans.map(moveNode),
  });
  return moveNode(plan);
}

function withoutConstants(text: string): string {
  return text.replaceAll(CONSTANTS, '?');
}

function textsOf({ properties, plans }: PlanNode): string[] {
  const own = Object.values(properties).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [...own.filter((value) => typeof value === 'string'), ...plans.flatMap(textsOf)];
}
