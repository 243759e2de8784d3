import type { ChangedBy } from '../../model/result.ts';

const BY: Readonly<Record<ChangedBy['by'], string>> = {
  branch: 'this branch',
  settings: 'settings',
  snapshot: 'the snapshot',
  version: 'the version of PostgreSQL',
  unknown: 'not known',
};

/** What changed a plan, as people say it. */
export function changedByText({ by, growth }: ChangedBy): string {
  return growth === null ? BY[by] : `${BY[by]}: ${growth}`;
}
