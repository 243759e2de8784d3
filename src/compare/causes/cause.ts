import type { Provenance } from '../../model/baseline.ts';
import type { Cause } from '../../model/finding.ts';

const MEASURED = ['query', 'snapshot', 'settings'] as const;

/**
 * What differs from what the baseline was accepted under; the schema where nothing else does. Majors have different
 * settings, so that between them a digest of settings says nothing: the version stands for it.
 */
export function causeOf(
  baseline: Provenance,
  current: Provenance,
  majors: { readonly baseline: number; readonly current: number },
): readonly Cause[] {
  const changed: Cause[] = MEASURED.filter((part) => baseline[part] !== current[part]);
  if (majors.baseline !== majors.current) return [...changed.filter((part) => part !== 'settings'), 'version'];
  return changed.length === 0 ? ['schema'] : changed;
}

/** The same for the plan at a revision, on today's snapshot: all that differs is the branch's doing. */
export function causeInBranch(revision: Provenance, current: Provenance): readonly Cause[] {
  const changed = (['query', 'settings'] as const).filter((part) => revision[part] !== current[part]);
  return changed.length === 0 ? ['schema'] : changed;
}

/** The same as a sentence. */
export function branchSentence(cause: readonly Cause[]): string {
  return `The branch changed ${listed(cause.map((part) => `the ${part}`))}.`;
}

/** The same as a sentence. */
export function causeSentence(cause: readonly Cause[]): string {
  if (cause.includes('schema')) {
    return 'The query, the snapshot and the settings are those the baseline was accepted under: the schema changed.';
  }
  const names = cause.map((part) => (part === 'version' ? 'the version of PostgreSQL' : `the ${part}`));
  const subject = listed(names);
  return `${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)} changed since the baseline was accepted.`;
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
