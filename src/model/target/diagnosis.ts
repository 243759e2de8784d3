/** What is looked at by doctor. */
export type Subject = 'configuration' | 'snapshot' | 'source' | 'target';

/** `fail` keeps regress from its work, `warn` keeps plans from being exact, `note` is good to know. */
export type Level = 'ok' | 'note' | 'warn' | 'fail';

/** One thing doctor looked at. */
export interface Diagnosis {
  readonly subject: Subject;
  readonly level: Level;
  /** Lower-case, one clause, no full stop. */
  readonly message: string;
  readonly detail?: string;
  /** The command that mends it. */
  readonly hint?: string;
}
