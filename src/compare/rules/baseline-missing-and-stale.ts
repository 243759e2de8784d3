import type { Finding } from '../../model/finding.ts';
import { REGRESS, type Rule, updateCommand } from './judgement.ts';

const NEW_CASE = 'The case is new: it comes from the statistics of the snapshot.';

/** No plan was accepted for this query and case on this major, or in a rehearsal on the snapshot's major. */
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

/** A note for each accepted plan whose query or case is no longer in its suite. */
export function staleBaselines(
  suite: string,
  blocks: readonly { readonly query: string; readonly case: string | null }[],
): readonly Finding[] {
  return blocks.map((block) => ({
    code: 'baseline-stale',
    severity: 'note',
    message: `${block.query}${block.case === null ? '' : ` [${block.case}]`} has a baseline, but is no longer in ${suite}`,
    hint: `${REGRESS} update --all`,
  }));
}

function elsewhere(majors: readonly number[]): string {
  const names = [...majors].sort((a, b) => a - b).join(', ');
  return `There is one for PostgreSQL ${names}, but plans of different majors are not compared.`;
}
