import { type Check, listOf, mapOf, number, optional, orNull, shape, text } from './checks.ts';

const PLAN: Check = (value) =>
  shape({
    nodeType: text,
    startupCost: number,
    totalCost: number,
    planRows: number,
    planWidth: number,
    properties: mapOf(() => null),
    plans: listOf(PLAN),
  })(value);
const PLANS = listOf(
  shape({
    suite: text,
    query: text,
    case: orNull(text),
    digest: text,
    now: text,
    plan: orNull(PLAN),
    error: orNull(text),
    changed: optional(listOf(text)),
  }),
);

/** Like manifestMistake, for the file of production's plans. */
export function plansMistake(value: unknown): string | null {
  return PLANS(value);
}
