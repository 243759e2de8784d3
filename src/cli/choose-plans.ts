import { isCancel, selectKey, text } from '@clack/prompts';
import {
  type Acceptable,
  type AcceptablePlans,
  acceptedPlans,
  type Change,
  changedPlans,
  changesOf,
} from '../judging/index.ts';
import { RegressError } from '../model/errors.ts';
import { type AcceptedPlan, acceptedReport } from '../report/index.ts';
import type { Context } from './terminal/context.ts';
import { canAsk, output } from './terminal/terminal.ts';

/** The plans that the user chose to accept. */
export interface Chosen extends AcceptablePlans {
  /** Number of new or changed plans that were not accepted. */
  readonly left: number;
}

/** The keys of `git add --patch`. */
const KEYS = [
  { value: 'y', label: 'accept' },
  { value: 'r', label: 'accept, with a reason' },
  { value: 'n', label: 'leave as it is' },
  { value: 'a', label: 'accept this and all that follow' },
  { value: 'q', label: 'leave this and all that follow' },
] as const;

/** Throws RegressError `usage` if there is no terminal for prompts. */
export function requireTerminal(context: Context): void {
  if (canAsk(context)) return;
  throw new RegressError('usage', '--interactive needs a terminal', {
    hint: "npx regress-pg update recent-orders --reason 'the new index serves the dashboard'",
  });
}

/** A query with new or changed plans. */
interface ChangedQuery {
  readonly name: string;
  readonly plans: readonly Acceptable[];
  readonly shown: readonly AcceptedPlan[];
}

/** `reason`: null if the user gave none for this query. */
type Decision = { readonly accept: false } | { readonly accept: true; readonly reason: string | null };

/**
 * Shows each query with new or changed plans, all its cases together, and asks whether to accept them. Null if the user
 * cancels; the caller then writes nothing.
 */
export async function choosePlans(acceptable: AcceptablePlans, context: Context): Promise<Chosen | null> {
  const queries = (await changesOf(acceptable, {})).flatMap(changedQueries);
  const decisions = await decide(queries, context);
  if (decisions === null) return null;
  const plans = acceptable.plans.flatMap((plan) => {
    const decision = decisions.get(plan);
    if (decision === undefined) return [plan];
    if (!decision.accept) return [];
    return [decision.reason === null ? plan : { ...plan, reason: decision.reason }];
  });
  return { ...acceptable, plans, left: acceptable.plans.length - plans.length };
}

function changedQueries({ mine, before }: Change): readonly ChangedQuery[] {
  const changed = changedPlans({ mine, before });
  return [...new Set(changed.map(({ query }) => query))].map((name) => {
    const plans = changed.filter(({ query }) => query === name);
    return { name, plans, shown: acceptedPlans({ mine: plans, before }) };
  });
}

/** The user's decision for each new or changed plan; null if the user cancels. */
async function decide(
  queries: readonly ChangedQuery[],
  context: Context,
): Promise<ReadonlyMap<Acceptable, Decision> | null> {
  const decisions = new Map<Acceptable, Decision>();
  let forTheRest: Decision | null = null;
  for (const [at, { name, plans, shown }] of queries.entries()) {
    let decision: Decision | null = forTheRest;
    if (decision?.accept !== false)
      context.print(acceptedReport(shown, { ...context, title: 'changed', verbose: true }));
    if (decision === null) {
      const answer = await ask(name, `${at + 1} of ${queries.length}`);
      if (answer === null) return null;
      decision = answer.decision;
      if (answer.forTheRest) forTheRest = decision;
    }
    for (const plan of plans) decisions.set(plan, decision);
  }
  return decisions;
}

interface Answer {
  readonly decision: Decision;
  /** Whether the decision is for all following queries too. */
  readonly forTheRest: boolean;
}

async function ask(name: string, place: string): Promise<Answer | null> {
  const key = await selectKey({ message: `${name}: accept? (${place})`, options: [...KEYS], output });
  if (isCancel(key)) return null;
  const forTheRest = key === 'a' || key === 'q';
  if (key === 'n' || key === 'q') return { decision: { accept: false }, forTheRest };
  if (key !== 'r') return { decision: { accept: true, reason: null }, forTheRest };
  const reason = await text({ message: `Why is the change to ${name} wanted?`, defaultValue: '', output });
  return isCancel(reason) ? null : { decision: { accept: true, reason }, forTheRest };
}
