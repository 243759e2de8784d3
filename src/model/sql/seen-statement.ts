/** A statement that a server was sent, as its log or pg_stat_statements has it. */
export interface SeenStatement {
  readonly text: string;
  readonly calls: number;
  /** Milliseconds of all calls together; null where nobody measured what counts. */
  readonly totalExecTime: number | null;
}
