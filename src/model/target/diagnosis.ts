/** The parts that doctor looks at. */
export type Subject = 'configuration' | 'snapshot' | 'source' | 'target';

/** `fail`: regress cannot work. `warn`: plans may be inexact. `note`: good to know. */
export type Level = 'ok' | 'note' | 'warn' | 'fail';

/** One thing doctor looked at. */
export interface Diagnosis {
  readonly subject: Subject;
  readonly level: Level;
  /** Lower-case, one clause, no full stop. */
  readonly message: string;
  readonly detail?: string;
  /** The command that fixes it. */
  readonly hint?: string;
}
