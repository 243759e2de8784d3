import type { Cause, Finding, Severity } from '../../model/finding.ts';
import type { Status } from '../../model/result.ts';
import { statusOf } from '../rules/judge.ts';
import { branchSentence, causeSentence } from './cause.ts';

/** The findings of a query that was planned with some of the changes. */
export interface Stage {
  /** The changes that this stage adds to the one before. */
  readonly causes: readonly Cause[];
  /** True if the branch made these changes. */
  readonly byBranch: boolean;
  readonly findings: readonly Finding[];
}

const RANK: Readonly<Record<Severity, number>> = { note: 1, warn: 2, fail: 3, error: 4 };

/**
 * The causes of a finding of the last stage: the changes of the stage where a finding of its code first appeared, and of
 * those where it became more severe. Stages are in order, from the first change to all of them.
 */
export function attribute({ code }: Pick<Finding, 'code'>, stages: readonly Stage[]): readonly Cause[] {
  const causes: Cause[] = [];
  let reached = 0;
  for (const stage of stages) {
    const rank = Math.max(
      0,
      ...stage.findings.filter((each) => each.code === code).map(({ severity }) => RANK[severity]),
    );
    if (rank <= reached) continue;
    reached = rank;
    causes.push(...stage.causes);
  }
  return causes;
}

/** The status if only the branch had changed. */
export function branchStatusOf(stages: readonly Stage[]): Status {
  return statusOf(stages.findLast(({ byBranch }) => byBranch)?.findings ?? []);
}

/** Returns the finding with its cause. `sentence` replaces the sentence that was derived from digests. */
export function withCause(finding: Finding, cause: readonly Cause[], sentence: string): Finding {
  const guessed = finding.cause === undefined ? [] : [causeSentence(finding.cause), branchSentence(finding.cause)];
  const lines = (finding.detail ?? '').split('\n').filter((line) => line !== '' && !guessed.includes(line));
  return { ...finding, cause, detail: [...lines, sentence].join('\n') };
}
