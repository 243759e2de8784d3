import { choiceByCosts, planCacheOf, worksOtherwise } from '../compare/index.ts';
import { type ExplainContext, isGenericAfterFive } from '../explain/index.ts';
import type { PlanNode } from '../model/plan.ts';
import type { PlanFlip } from '../model/plans/plan-flip.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';
import type { Planned } from './planned.ts';

type Settings = Readonly<Record<string, string>>;

/** Adds to each case the generic plan that PostgreSQL switches to after five executions, if it works differently. */
export async function addFlips(
  connection: Connection,
  planned: readonly Planned[],
  context: ExplainContext,
  settings: Settings,
): Promise<Planned[]> {
  const withFlip: Planned[] = [];
  for (const item of planned) {
    withFlip.push({ ...item, flip: await flipOf(connection, item, planned, context, settings) });
  }
  return withFlip;
}

async function flipOf(
  connection: Connection,
  item: Planned,
  all: readonly Planned[],
  context: ExplainContext,
  settings: Settings,
): Promise<PlanFlip | null> {
  const { query, planned, outcome, suite } = item;
  if (planned.name === null || planned.generic || !query.generic || 'error' in outcome) return null;
  const sibling = all.find((other) => other.suite === suite && other.query === query && other.planned.generic);
  if (sibling === undefined || 'error' in sibling.outcome) return null;
  const generic = sibling.outcome.plan;
  const change = worksOtherwise(outcome.plan, generic);
  if (change === null) return null;
  const cache = planCacheOf({ ...settings, ...query.settings });
  if (choiceByCosts(outcome.plan, generic, cache) === 'custom') return null;
  const forced = cache.mode === 'force_generic_plan';
  const taken =
    forced || (await falseIfUnplannable(() => isGenericAfterFive(connection, query, planned.values, context)));
  return taken ? { generic, change, forced, before: null } : null;
}

/** Returns false if the query cannot be planned; `query-failed` reports that. */
async function falseIfUnplannable(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DatabaseError) return false;
    throw error;
  }
}

/** The flip of a plan, and whether the accepted plans had it too: null if their costs alone do not tell. */
export function comparedFlip(
  { flip, query }: Planned,
  { custom, generic }: { readonly custom: PlanNode | undefined; readonly generic: PlanNode | undefined },
  settings: Settings,
): PlanFlip | null {
  if (flip === null) return null;
  if (custom === undefined || generic === undefined) return flip;
  if (worksOtherwise(custom, generic) === null) return { ...flip, before: false };
  const choice = choiceByCosts(custom, generic, planCacheOf({ ...settings, ...query.settings }));
  return { ...flip, before: choice === 'unknown' ? null : choice === 'generic' };
}
