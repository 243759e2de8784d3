/** The conditions for identical plans; docs/exactness.md says how each can change plans. */
export type ConditionCode =
  | 'major'
  | 'architecture'
  | 'block-size'
  | 'encoding'
  | 'collation'
  | 'ctype'
  | 'planner-library'
  | 'extension-version'
  | 'setting'
  | 'role'
  | 'privileges'
  | 'values';

/** A condition for identical plans that does not hold between a snapshot's source and a target. */
export interface UnmetCondition {
  readonly code: ConditionCode;
  /** The difference, with both values: lower case, one clause, no full stop. */
  readonly message: string;
  /** How it can change plans, as a sentence. */
  readonly effect: string;
  /** The command that fixes it. */
  readonly hint?: string;
  /** The setting it is about, for code `setting`. */
  readonly setting?: string;
}

/** A planner setting with different values at the two ends; null: that server has no such setting. */
export interface DifferingSetting {
  readonly name: string;
  readonly source: string | null;
  readonly target: string | null;
}
