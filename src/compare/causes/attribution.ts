import type { Cause, Finding, Severity } from '../../model/finding.ts';
import type { Status } from '../../model/result.ts';
import { statusOf } from '../rules/judge.ts';
import { branchSentence, causeSentence } from './cause.ts';

/** What is found when a query is planned with some of what changed and not yet the rest. */
export interface Stage {
  /** What this stage has and the one before has not. */
  readonly causes: readonly Cause[];
  /** True where that is the branch's doing. */
  readonly byBranch: boolean;
  readonly findings: readonly Finding[];
}

const RANK: Readonly<Record<Severity, number>> = { note: 1, warn: 2, fail: 3, error: 4 };

/**
 * The causes of a finding of the last stage: what came in at the stages at which there first was one of its code, and at
 * which it became more severe. Stages are in order, from the first change to all of them.
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

/** The status with what the branch changed and nothing else. */
export function branchStatusOf(stages: readonly Stage[]): Status {
  return statusOf(stages.findLast(({ byBranch }) => byBranch)?.findings ?? []);
}

/** A finding with its cause, and the sentence that tells it in place of what was guessed from digests. */
export function withCause(finding: Finding, cause: readonly Cause[], sentence: string): Finding {
  const guessed = finding.cause === undefined ? [] : [causeSentence(finding.cause), branchSentence(finding.cause)];
  const lines = (finding.detail ?? '').split('\n').filter((line) => line !== '' && !guessed.includes(line));
  return { ...finding, cause, detail: [...lines, sentence].join('\n') };
}
