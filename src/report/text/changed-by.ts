import type { ChangedBy } from '../../model/result.ts';

const BY: Readonly<Record<ChangedBy['by'], string>> = {
  branch: 'this branch',
  settings: 'settings',
  snapshot: 'the snapshot',
  version: 'the version of PostgreSQL',
  unknown: 'unknown',
};

/** What changed a plan, as text for people. */
export function changedByText({ by, growth }: ChangedBy): string {
  return growth === null ? BY[by] : `${BY[by]}: ${growth}`;
}
