/** A statement that a server was sent, from its log or pg_stat_statements. */
export interface SeenStatement {
  readonly text: string;
  readonly calls: number;
  /** Milliseconds, over all calls; null if it was not measured. */
  readonly totalExecTime: number | null;
}
