import type { Finding } from '../../model/finding.ts';
import { type Rule, updateCommand } from './judgement.ts';

const NEW_CASE = 'The case is new: the statistics of the snapshot brought it.';

/** Nothing was accepted for this query and case on this major, nor, in a rehearsal, on the snapshot's. */
export const baselineMissing: Rule = (judgement) => {
  const { against, baseline, ci, isNewCase, major, otherMajors, query, sourceMajor } = judgement;
  if (baseline !== null || against !== undefined) return [];
  return [
    {
      code: 'baseline-missing',
      severity: ci && !isNewCase ? 'fail' : 'warn',
      message: `no baseline for PostgreSQL ${major}${sourceMajor === major ? '' : ` or ${sourceMajor}`}`,
      ...(isNewCase || otherMajors.length > 0 ? { detail: isNewCase ? NEW_CASE : elsewhere(otherMajors) } : {}),
      hint: updateCommand(query.name),
    },
  ];
};

/** A note for each accepted plan whose query or case is gone from its suite. */
export function staleBaselines(
  suite: string,
  blocks: readonly { readonly query: string; readonly case: string | null }[],
): readonly Finding[] {
  return blocks.map((block) => ({
    code: 'baseline-stale',
    severity: 'note',
    message: `the baseline of ${block.query}${block.case === null ? '' : ` [${block.case}]`} has no query in ${suite}`,
    hint: 'regress update --all',
  }));
}

function elsewhere(majors: readonly number[]): string {
  const names = [...majors].sort((a, b) => a - b).join(', ');
  return `There is one for ${names}, which does not serve: a plan is compared within its major.`;
}
