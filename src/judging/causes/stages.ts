import type { Stage } from '../../compare/index.ts';
import type { BaselineBlock } from '../../model/baseline.ts';
import type { Cause, Finding } from '../../model/finding.ts';
import type { PlanResult } from '../../model/result.ts';
import type { Planned, Plans } from '../../planning/index.ts';
import { type Earlier, judgeOne, type Terms } from '../judge-plans.ts';
import type { OldQuery } from './query-history.ts';
import type { Replanning } from './replanning.ts';

type Settings = Readonly<Record<string, string>>;

/** A plan that differs from the earlier one, and what changed since. */
export interface Question {
  /** Index among the results. */
  readonly at: number;
  readonly item: Planned;
  readonly result: PlanResult;
  readonly earlier: Earlier;
  readonly block: BaselineBlock;
  readonly changed: { readonly query: boolean; readonly snapshot: boolean; readonly settings: boolean };
  readonly oldQuery: OldQuery | null;
  /** The cause if no measured part changed: the schema, or between majors the version. */
  readonly otherwise: Cause;
}

/** The settings of the earlier plan, and whether the branch changed them since. */
export interface SettingsThen {
  readonly settings: Settings;
  readonly byBranch: boolean;
}

/**
 * Plans the query with all changes but the schema's undone, then applies them one by one: query, settings and snapshot.
 * The last stage is the plan that was found. Null if a plan in between cannot be made.
 */
export async function replayChanges(
  question: Question,
  then: SettingsThen,
  replanning: Replanning,
  plans: Plans,
  terms: Terms,
): Promise<readonly Stage[] | null> {
  const { item, changed, oldQuery, otherwise, result } = question;
  const { readingFunctions, settings, snapshot } = plans;
  const run = { ...replanning, readingFunctions, settings, snapshot };
  const found = async (query: OldQuery, settings: Settings): Promise<readonly Finding[] | null> => {
    const outcome = await replanning.plan(item, query, settings);
    if ('error' in outcome) return null;
    const replanned = {
      ...item,
      query: { ...item.query, statement: query.query.statement },
      outcome,
      production: null,
    };
    return judgeOne(replanned, question.earlier, run, terms).findings;
  };
  const stages: Stage[] = [];
  let waiting: Cause[] = changed.query ? [] : [otherwise];
  if (changed.query && oldQuery !== null) {
    const findings = await found(oldQuery, then.settings);
    if (findings === null) waiting = [otherwise];
    else stages.push({ causes: [otherwise], byBranch: true, findings });
  }
  if (changed.query) waiting.push('query');
  const isLast = !changed.settings && !changed.snapshot;
  if (!isLast) {
    const findings = await found(item, then.settings);
    if (findings === null) return null;
    stages.push({ causes: waiting, byBranch: true, findings });
    waiting = [];
  }
  if (changed.settings && changed.snapshot) {
    const findings = await found(item, plans.settings);
    if (findings === null) return null;
    stages.push({ causes: ['settings'], byBranch: then.byBranch, findings });
  }
  const last: readonly Cause[] = changed.snapshot ? ['snapshot'] : changed.settings ? ['settings'] : waiting;
  const byBranch = changed.snapshot ? false : changed.settings ? then.byBranch : true;
  return [...stages, { causes: last, byBranch, findings: result.findings }];
}
