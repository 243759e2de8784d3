import type { Finding } from '../../model/finding.ts';
import type { Against, Rule } from './judgement.ts';

/** The revision has no plan to compare with: the query is new, or could not be planned there. */
export const queryNew: Rule = ({ against, baseline }) => {
  if (against === undefined || baseline !== null) return [];
  const message = against.failedThere
    ? `could not be planned at ${against.name}, but can be now: no plan to compare with`
    : `new: no plan at ${against.name} to compare with`;
  return [{ code: 'query-new', severity: 'note', message }];
};

/** A note for a query of the revision that matches no query of the branch. */
export function queryRemoved(suite: string, query: string, name: string): Finding {
  return {
    code: 'query-removed',
    severity: 'note',
    message: `${query} of ${suite} is at ${name}, but no longer in this branch`,
  };
}

/**
 * Turns findings that the query's plan at the revision has too into notes that say so: the branch did not cause them. A
 * cost limit that was exceeded there counts as the same finding as long as the cost did not rise.
 */
export function markKnownAtRevision(
  findings: readonly Finding[],
  before: { readonly findings: readonly Finding[]; readonly cost: number },
  now: { readonly cost: number },
  { name }: Against,
): readonly Finding[] {
  const isAtRevision = (finding: Finding) =>
    before.findings.some(
      ({ code, message }) =>
        code === finding.code &&
        (message === finding.message || (code === 'cost-over-limit' && now.cost <= before.cost)),
    );
  return findings.map((finding) => {
    if (finding.code === 'query-new' || !isAtRevision(finding)) return finding;
    const detail = [finding.detail, `It is the same at ${name}, so this branch did not cause it.`]
      .filter(Boolean)
      .join('\n');
    return { ...finding, severity: 'note', detail, standing: true };
  });
}

/** The finding for a query that could not be planned at the revision either: a warning, not a regression. */
export function failedBefore(finding: Finding, { name }: Against): Finding {
  const detail = [finding.detail, `It could not be planned at ${name} either.`].filter(Boolean).join('\n');
  return { ...finding, severity: 'warn', detail };
}
