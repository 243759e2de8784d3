import { expect } from 'vitest';

/** Which of its own snapshots vitest writes: `all` with -u, `none` in CI, else `new`. */
export type UpdateMode = 'all' | 'new' | 'none';

/** vitest 4 has the first field, vitest 3.2 the second. */
interface KnownState {
  readonly snapshotUpdateState?: unknown;
  readonly _updateSnapshot?: unknown;
}

/** The mode of this run. Throws outside tests, and if this version of vitest does not expose the mode. */
export function updateMode(): UpdateMode {
  const state = expect.getState().snapshotState as unknown as KnownState | undefined;
  const mode = state?.snapshotUpdateState ?? state?._updateSnapshot;
  if (mode === 'all' || mode === 'new' || mode === 'none') return mode;
  throw new Error('regress-pg/vitest: use plans only in tests and hooks, with vitest 3.2 or later');
}
