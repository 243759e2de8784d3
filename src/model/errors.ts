/** Why regress could not do its work. Codes are stable, for tests and reports. */
export type ErrorCode =
  | 'usage'
  | 'config'
  | 'connection'
  | 'privilege'
  | 'snapshot'
  | 'suite'
  | 'environment'
  | 'target'
  | 'results';

/** Which of the errors of one code it is, where somebody acts on that. */
export type ErrorReason = 'no-suites';

interface ErrorFields {
  readonly reason?: ErrorReason | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * regress could not do its work (exit status 2). In PostgreSQL's style: a lower-case message of one clause, DETAIL in
 * sentences, and a HINT that names the next command. Never holds a password.
 */
export class RegressError extends Error {
  override readonly name = 'RegressError';
  readonly code: ErrorCode;
  readonly reason: ErrorReason | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? {} : { cause: fields.cause });
    this.code = code;
    this.reason = fields.reason;
    this.detail = fields.detail;
    this.hint = fields.hint;
  }
}

/**
 * regress did not ask the source to plan a query, or does not repeat the source's answer. The message is a clause about
 * the query; other queries continue.
 */
export class SourceRefusal extends Error {
  override readonly name = 'SourceRefusal';

  /** True if the source itself refused the query, for a reason that is not repeated. */
  readonly wasAsked: boolean;

  constructor(message: string, wasAsked = false) {
    super(message);
    this.wasAsked = wasAsked;
  }
}
