import type { PlanNode } from './plan.ts';
import type { Noise } from './plans/noise.ts';

/** Digests of what a plan was made under. A digest that differs names the cause of a finding. */
export interface Provenance {
  /** Digest of the query's SQL, values and settings. */
  readonly query: string;
  /** Digest of the snapshot. */
  readonly snapshot: string;
  /** Digest of the planner settings in force. */
  readonly settings: string;
}

/** The accepted plan of one query and case: one block of a baseline file. */
export interface BaselineBlock {
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  /** Values of an automatic case, formatted for people. */
  readonly values?: string;
  readonly provenance: Provenance;
  /** Why it was last accepted; empty for a first baseline. */
  readonly reason: string;
  readonly plan: PlanNode;
  /** How far costs and rows vary with ANALYZE's sampling, if that was measured. */
  readonly noise?: Noise | undefined;
}

/** The accepted plans of one suite on one server major. */
export interface Baseline {
  /** Path of the suite, as `Suite.file`. */
  readonly suite: string;
  readonly major: number;
  readonly blocks: readonly BaselineBlock[];
}
