import type { RunContext } from '../../planning/index.ts';

/** What a check needs of its front end. */
export interface CheckContext extends RunContext {
  /** Version of this package, for the report. */
  readonly version: string;
  /** True in CI, where a missing baseline fails. */
  readonly ci: boolean;
}
