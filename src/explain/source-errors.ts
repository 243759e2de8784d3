import { SourceRefusal } from '../model/errors.ts';
import type { PlannedCase } from '../model/suite.ts';
import type { DatabaseError } from '../postgres/index.ts';

/** ERRCODE_INSUFFICIENT_PRIVILEGE: aclcheck_error (aclchk.c) names a kind of object and the object. */
const INSUFFICIENT_PRIVILEGE = '42501';
const PERMISSION_DENIED = /^permission denied for [a-z ]+ [\w$]+$/;

/** Canceled, a lock that was not to be had, not enough of something, not supported, a server that goes down. */
const ABOUT_THE_SERVER = /^(?:57|55|53|54|0A|25|08)/;

/** Text of PostgreSQL's own that names nothing: a value would stand in quotes, behind a colon, or be a number. */
const NAMES_NOTHING = /^[^":\d]*$/;

/** Words of ProcessInterrupts (postgres.c), which are said of whatever is at work. */
const CANCELED = /^canceling statement due to (?:statement timeout|lock timeout|user request|conflict with recovery)$/;

/** The line of context that a value of a message being bound has (exec_bind_message, postgres.c). */
const BINDING = /^unnamed portal parameter \$\d+(?: = '.*')?$/;

/**
 * What the source said while it planned, without what may be its data: functions of a query may be evaluated then
 * (eval_const_expressions and estimate_expression_value, clauses.c), and messages quote their arguments. The same error
 * with its message alone where that holds none, else one that has the SQLSTATE alone.
 */
export function withoutData(error: DatabaseError, { values }: Pick<PlannedCase, 'values'>): Error {
  const { code = '', message, where, severity } = error;
  // What ended the session, or was at work when it was ended, is no function's to say either.
  const isEnded = severity === 'FATAL' || CANCELED.test(message);
  const isPlain =
    where === undefined || where === ''
      ? (code === INSUFFICIENT_PRIVILEGE && PERMISSION_DENIED.test(message)) ||
        (ABOUT_THE_SERVER.test(code) && NAMES_NOTHING.test(message))
      : BINDING.test(where) && quotesOneOf(message, values);
  // The message is known to be harmless; of the rest nothing is.
  if (isEnded || isPlain) return Object.assign(error, { detail: undefined, hint: undefined, where: undefined });
  return new SourceRefusal(`error ${code}, of which the text may hold data of the source`, true);
}

/** `invalid input syntax for type integer: "abc"`, of a value that the suite gave. */
function quotesOneOf(message: string, values: PlannedCase['values']): boolean {
  const quoted = /^[^"]*"(.*)"$/s.exec(message)?.[1];
  return values.some((value) => typeof value !== 'object' && String(value) === quoted);
}
