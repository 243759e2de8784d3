/** The features by which a planned query is recognized in two revisions of a suite. */
export interface QueryIdentity {
  readonly suite: string;
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Digest of statement, values and settings: equal if the planner's input is equal. */
  readonly digest: string;
  /** Equal for statements that differ only in layout, constants and aliases, planned with the same values. */
  readonly shape: string;
}

interface Pass {
  readonly key: (identity: QueryIdentity) => string;
  /** True: match only if each side has exactly one query with the key. A guess among several would be worse than none. */
  readonly unique: boolean;
}

const join = (...parts: (string | null)[]) => JSON.stringify(parts);

/** From certain matches to likely ones. */
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
 * Matches each query of `after` with at most one of `before`, and no two with the same one: by suite, name and case; then
 * by equal planner input under another name; then by name in another suite, as the only case of a query, or by a shape
 * that occurs once. A query without a match is new.
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
