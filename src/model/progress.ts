/** Says how far a long piece of work is. The implementations live in cli; a stage only reports. */
export interface Progress {
  /** Begins a step of `total` units (0: unknown). */
  start(label: string, total: number): void;
  advance(units?: number): void;
  /** Ends the step; `message` replaces the label in the last line. */
  done(message?: string): void;
  /** Does work of unknown length, and says what it is where it lasts over a second. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** A warning of its own: a clause, and sentences as an error has them. */
  warn(message: string, fields?: WarningFields): void;
}

/** What a warning says besides. */
export interface WarningFields {
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** Says nothing. */
export const SILENT: Progress = {
  start: () => undefined,
  advance: () => undefined,
  done: () => undefined,
  during: (_, work) => work(),
  warn: () => undefined,
};
