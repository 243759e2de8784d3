import type { Finding } from '../model/finding.ts';
import { type Rule, updateCommand } from './judgement.ts';

/** Nothing was accepted for this query and case on this major, nor, in a rehearsal, on the snapshot's. */
export const baselineMissing: Rule = ({ against, baseline, ci, major, otherMajors, query, sourceMajor }) => {
  if (baseline !== null || against !== undefined) return [];
  return [
    {
      code: 'baseline-missing',
      severity: ci ? 'fail' : 'warn',
      message: `no baseline for PostgreSQL ${major}${sourceMajor === major ? '' : ` or ${sourceMajor}`}`,
      ...(otherMajors.length === 0 ? {} : { detail: elsewhere(otherMajors) }),
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
