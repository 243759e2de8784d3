import { isCancel, selectKey, text } from '@clack/prompts';
import { comparePlans } from '../../compare/index.ts';
import {
  type Acceptable,
  type AcceptablePlans,
  acceptedPlans,
  type Change,
  changedPlans,
  changesOf,
} from '../../judging/index.ts';
import { RegressError } from '../../model/errors.ts';
import { type AcceptedPlan, acceptedReport } from '../../report/index.ts';
import type { Context } from './context.ts';
import { canAsk, output } from './terminal.ts';

/** What was chosen of the plans that are new or changed. */
export interface Chosen extends AcceptablePlans {
  /** Plans that are neither as accepted nor accepted now. */
  readonly left: number;
}

/** Keys as `git add --patch` has them. */
const KEYS = [
  { value: 'y', label: 'accept' },
  { value: 'r', label: 'accept, with a reason' },
  { value: 'n', label: 'leave as it is' },
  { value: 'a', label: 'accept this and all that follow' },
  { value: 'q', label: 'leave this and all that follow' },
] as const;

/** Throws RegressError `usage` where nobody can be asked. */
export function requireTerminal(context: Context): void {
  if (canAsk(context)) return;
  throw new RegressError('usage', '--interactive asks on a terminal, and there is none', {
    hint: "regress update recent-orders --reason 'the new index serves the dashboard'",
  });
}

/** A query some of whose plans are new or changed. */
interface ChangedQuery {
  readonly name: string;
  readonly plans: readonly Acceptable[];
  readonly shown: readonly AcceptedPlan[];
}

/** `reason`: null where none of its own was given. */
type Decision = { readonly accept: false } | { readonly accept: true; readonly reason: string | null };

/**
 * Shows each query whose plans are new or changed, all its cases together, and asks whether to accept them. Null where the
 * user interrupts it: then nothing is to be written.
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

/** What becomes of each plan that is new or changed. */
async function decide(
  queries: readonly ChangedQuery[],
  context: Context,
): Promise<ReadonlyMap<Acceptable, Decision> | null> {
  const decisions = new Map<Acceptable, Decision>();
  let ofTheRest: Decision | null = null;
  for (const [at, { name, plans, shown }] of queries.entries()) {
    let decision: Decision | null = ofTheRest;
    if (decision?.accept !== false)
      context.print(acceptedReport(shown, { ...context, comparePlans, title: 'changed', verbose: true }));
    if (decision === null) {
      const answer = await ask(name, `${at + 1} of ${queries.length}`);
      if (answer === null) return null;
      decision = answer.decision;
      if (answer.ofTheRest) ofTheRest = decision;
    }
    for (const plan of plans) decisions.set(plan, decision);
  }
  return decisions;
}

interface Answer {
  readonly decision: Decision;
  /** True where it holds for all that follow. */
  readonly ofTheRest: boolean;
}

async function ask(name: string, place: string): Promise<Answer | null> {
  const key = await selectKey({ message: `${name}: accept? (${place})`, options: [...KEYS], output });
  if (isCancel(key)) return null;
  const ofTheRest = key === 'a' || key === 'q';
  if (key === 'n' || key === 'q') return { decision: { accept: false }, ofTheRest };
  if (key !== 'r') return { decision: { accept: true, reason: null }, ofTheRest };
  const reason = await text({ message: `Why is the change of ${name} wanted?`, defaultValue: '', output });
  return isCancel(reason) ? null : { decision: { accept: true, reason }, ofTheRest };
}
