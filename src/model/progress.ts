/** Reports how far a long piece of work is. `cli` implements it; stages only call it. */
export interface Progress {
  /** Begins a step of `total` units (0: unknown). */
  start(label: string, total: number): void;
  advance(units?: number): void;
  /** Ends the step; `message` replaces the label in the last line. */
  done(message?: string): void;
  /** Does work of unknown length; shows `what` if it takes longer than a second. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** A warning: a clause, with DETAIL and HINT as in an error. */
  warn(message: string, fields?: WarningFields): void;
}

/** DETAIL and HINT of a warning. */
export interface WarningFields {
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** Reports nothing. */
export const SILENT: Progress = {
  start: () => undefined,
  advance: () => undefined,
  done: () => undefined,
  during: (_, work) => work(),
  warn: () => undefined,
};
