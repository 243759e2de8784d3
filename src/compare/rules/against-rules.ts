import type { Finding } from '../../model/finding.ts';
import type { Against, Rule } from './judgement.ts';

/** Nothing to compare with at the revision: the query is new, or could not be planned there. */
export const queryNew: Rule = ({ against, baseline }) => {
  if (against === undefined || baseline !== null) return [];
  const message = against.failedThere
    ? `could not be planned at ${against.name}, now it can: nothing to compare with`
    : `new: nothing at ${against.name} to compare with`;
  return [{ code: 'query-new', severity: 'note', message }];
};

/** A note for a query of the revision that no query of the branch is the new self of. */
export function queryRemoved(suite: string, query: string, name: string): Finding {
  return { code: 'query-removed', severity: 'note', message: `${query} of ${suite} at ${name} is no more` };
}

/**
 * The findings of a query's plan that its old plan at the revision gives rise to just as well are none of the branch's
 * doing: they become notes that say so. A limit that was passed there stays so while the cost does not rise.
 */
export function markStanding(
  findings: readonly Finding[],
  before: { readonly findings: readonly Finding[]; readonly cost: number },
  now: { readonly cost: number },
  { name }: Against,
): readonly Finding[] {
  const stands = (finding: Finding) =>
    before.findings.some(
      ({ code, message }) =>
        code === finding.code &&
        (message === finding.message || (code === 'cost-over-limit' && now.cost <= before.cost)),
    );
  return findings.map((finding) => {
    if (finding.code === 'query-new' || !stands(finding)) return finding;
    const detail = [finding.detail, `So it is at ${name}: not the doing of this branch.`].filter(Boolean).join('\n');
    return { ...finding, severity: 'note', detail, standing: true };
  });
}

/** A query that cannot be planned, and could not be at the revision: worth a warning, but no regression. */
export function failedBefore(finding: Finding, { name }: Against): Finding {
  const detail = [finding.detail, `It could not be planned at ${name} either.`].filter(Boolean).join('\n');
  return { ...finding, severity: 'warn', detail };
}
