/** Every condition of exactness that can fail to hold; docs/exactness.md tells what each can change. */
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

/** A condition under which plans are identical that does not hold between a snapshot's source and a target. */
export interface UnmetCondition {
  readonly code: ConditionCode;
  /** What differs, with both values: lower-case, one clause, no full stop. */
  readonly message: string;
  /** What it can change in plans, as a sentence. */
  readonly effect: string;
  /** The command that mends it. */
  readonly hint?: string;
  /** The setting it is about, for code `setting`. */
  readonly setting?: string;
}

/** A planner setting in force at one end with another value at the other; null: the server has no such setting. */
export interface DifferingSetting {
  readonly name: string;
  readonly source: string | null;
  readonly target: string | null;
}
