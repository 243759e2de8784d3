import { expect } from 'vitest';

/** What vitest does with snapshots: `all` with -u, `none` in CI, else `new`. */
export type UpdateMode = 'all' | 'new' | 'none';

/** As vitest 4 shows it, and as 3.2 keeps it. */
interface KnownState {
  readonly snapshotUpdateState?: unknown;
  readonly _updateSnapshot?: unknown;
}

/** The mode of this run. Throws outside of a test, and where this vitest does not tell it. */
export function updateMode(): UpdateMode {
  const state = expect.getState().snapshotState as unknown as KnownState | undefined;
  const mode = state?.snapshotUpdateState ?? state?._updateSnapshot;
  if (mode === 'all' || mode === 'new' || mode === 'none') return mode;
  throw new Error('regress-pg/vitest: plans are for tests and their hooks, with vitest 3.2 or later');
}
