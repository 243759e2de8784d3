/** What a planned query is known by in two revisions of a suite. */
export interface QueryIdentity {
  readonly suite: string;
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Digest of statement, values and settings; equal for what asks the planner the same. */
  readonly digest: string;
  /** Equal for statements that differ in layout, constants and aliases only, planned with the same values. */
  readonly shape: string;
}

interface Pass {
  readonly key: (identity: QueryIdentity) => string;
  /** Only where each side has one of the key: a guess among several would be worse than none. */
  readonly unique: boolean;
}

const join = (...parts: (string | null)[]) => JSON.stringify(parts);

/** From what names a query for sure to what makes it likely. */
const PASSES: readonly Pass[] = [
  { key: ({ suite, query, case: name }) => join(suite, query, name), unique: false },
  { key: ({ query, digest }) => join(query, digest), unique: false },
  { key: ({ suite, digest }) => join(suite, digest), unique: false },
  { key: ({ digest }) => digest, unique: false },
  { key: ({ query, case: name }) => join(query, name), unique: true },
  { key: ({ suite, query }) => join(suite, query), unique: true },
  { key: ({ shape, case: name }) => join(shape, name), unique: true },
];

/**
 * The old self of each query of `after` among those of `before`, none of them twice: by suite, name and case; else one
 * that asks the same under another name; else one of the same name in another suite, the only case of a query, or the only
 * one of its shape. A query without an old self is new.
 */
export function matchOldSelves<A extends QueryIdentity, B extends QueryIdentity>(
  before: readonly B[],
  after: readonly A[],
): ReadonlyMap<A, B> {
  const matched = new Map<A, B>();
  const claimed = new Set<B>();
  for (const { key, unique } of PASSES) {
    const free = groupBy(
      before.filter((one) => !claimed.has(one)),
      key,
    );
    const open = groupBy(
      after.filter((one) => !matched.has(one)),
      key,
    );
    for (const [name, ours] of open) {
      const theirs = free.get(name) ?? [];
      if (unique && (ours.length !== 1 || theirs.length !== 1)) continue;
      for (const [at, one] of ours.entries()) {
        const old = theirs[at];
        if (old === undefined) break;
        matched.set(one, old);
        claimed.add(old);
      }
    }
  }
  return matched;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
