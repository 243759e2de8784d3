import type { Provenance } from '../../model/baseline.ts';
import type { Cause } from '../../model/finding.ts';

const MEASURED = ['query', 'snapshot', 'settings'] as const;

/**
 * The parts of the provenance that changed since the baseline was accepted, or the schema if none did. Between majors
 * the digests of settings always differ, so the version replaces the settings.
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

/** The same for a plan at a revision, made with today's snapshot: the branch made every change. */
export function causeInBranch(revision: Provenance, current: Provenance): readonly Cause[] {
  const changed = (['query', 'settings'] as const).filter((part) => revision[part] !== current[part]);
  return changed.length === 0 ? ['schema'] : changed;
}

/** The causes that `causeInBranch` returned, as a sentence. */
export function branchSentence(cause: readonly Cause[]): string {
  return `The branch changed ${listed(cause.map((part) => `the ${part}`))}.`;
}

/** The causes that `causeOf` returned, as a sentence. */
export function causeSentence(cause: readonly Cause[]): string {
  const names = cause.map((part) => (part === 'version' ? 'the version of PostgreSQL' : `the ${part}`));
  const subject = listed(names);
  return `${subject[0]?.toUpperCase() ?? ''}${subject.slice(1)} changed since the baseline was accepted.`;
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
