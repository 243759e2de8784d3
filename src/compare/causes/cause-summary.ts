import type { Cause } from '../../model/finding.ts';
import { type PlanNode, walkPlan } from '../../model/plan.ts';
import type { CauseSummary, ChangedBy } from '../../model/result.ts';

/** Row counts of a table in two snapshots. */
export interface TableSize {
  /** `schema.table`. */
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** What is known about the cause of one changed plan. */
export interface CauseFacts {
  readonly causes: readonly Cause[];
  /** True if the branch changed the settings. */
  readonly settingsByBranch: boolean;
  /** False if several things changed and regress could not try which one is the cause. */
  readonly known: boolean;
  /** How the row count that moved most did, as `snapshotGrowth` returns it; null if the snapshot is not a cause. */
  readonly growth: string | null;
}

/** What changed a plan, for the report. */
export function changedBy(facts: CauseFacts): ChangedBy {
  const by = kindOf(facts);
  return { by, growth: by === 'snapshot' ? facts.growth : null };
}

/** Counts changed plans by their cause; null if there are none. */
export function summarizeCauses(results: readonly { readonly changedBy?: ChangedBy }[]): CauseSummary | null {
  const plans = results.flatMap((result) => result.changedBy ?? []);
  if (plans.length === 0) return null;
  const count = (kind: ChangedBy['by']) => plans.filter(({ by }) => by === kind).length;
  const growth = commonest(plans.flatMap((plan) => plan.growth ?? []));
  return {
    branch: count('branch'),
    settings: count('settings'),
    snapshot: count('snapshot'),
    version: count('version'),
    unknown: count('unknown'),
    growth,
  };
}

function kindOf({ causes, known, settingsByBranch }: CauseFacts): ChangedBy['by'] {
  if (!known) return 'unknown';
  if (causes.includes('schema') || causes.includes('query')) return 'branch';
  if (causes.includes('settings')) return settingsByBranch ? 'branch' : 'settings';
  return causes.includes('version') ? 'version' : 'snapshot';
}

function commonest(texts: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

/** Changes of a row count below this share are not worth reporting. */
const MIN_SHARE = 0.01;

/** The table of these plans whose row count moved most between two snapshots, such as `public.orders grew 80 %`. */
export function snapshotGrowth(plans: readonly PlanNode[], sizes: ReadonlyMap<string, TableSize>): string | null {
  const names = plans.flatMap((plan) =>
    [...walkPlan(plan)].map(({ schema, relationName }) => `${schema}.${relationName}`),
  );
  const moved = [...new Set(names)]
    .flatMap((name) => sizes.get(name) ?? [])
    .filter(({ before, after }) => before > 0 && after >= 0)
    .map((size) => ({ ...size, share: size.after / size.before - 1 }))
    .filter(({ share }) => Math.abs(share) >= MIN_SHARE)
    .sort((a, b) => distance(b) - distance(a));
  const [most] = moved;
  if (most === undefined) return null;
  const { name, share } = most;
  if (share >= 2) return `${name} grew ${(share + 1).toFixed(share >= 9 ? 0 : 1)} times`;
  return `${name} ${share > 0 ? 'grew' : 'shrank'} ${Math.round(Math.abs(share) * 100)} %`;
}

function distance({ before, after }: TableSize): number {
  return Math.abs(Math.log(Math.max(after, 1) / before));
}
