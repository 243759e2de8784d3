import { SourceRefusal } from '../model/errors.ts';
import type { PlannedCase } from '../model/suite.ts';
import type { DatabaseError } from '../postgres/index.ts';

/** ERRCODE_INSUFFICIENT_PRIVILEGE. aclcheck_error (aclchk.c) names only the kind of object and its name. */
const INSUFFICIENT_PRIVILEGE = '42501';
const PERMISSION_DENIED = /^permission denied for [a-z ]+ [\w$]+$/;

/** Classes: canceled, lock not available, insufficient resources, not supported, connection lost. */
const ABOUT_THE_SERVER = /^(?:57|55|53|54|0A|25|08)/;

/** A message that names nothing: a value would be in quotes, follow a colon, or be a number. */
const NAMES_NOTHING = /^[^":\d]*$/;

/** Messages of ProcessInterrupts (postgres.c); they can interrupt anything. */
const CANCELED = /^canceling statement due to (?:statement timeout|lock timeout|user request|conflict with recovery)$/;

/** The context line of an error in a bound value (exec_bind_message, postgres.c). */
const BINDING = /^unnamed portal parameter \$\d+(?: = '.*')?$/;

/**
 * Removes what may be the source's data from an error of its planner. PostgreSQL may evaluate a query's functions while
 * it plans (eval_const_expressions and estimate_expression_value, clauses.c), and messages quote their arguments.
 * Returns the same error with only its message if that cannot hold data, otherwise an error with only the SQLSTATE.
 */
export function withoutData(error: DatabaseError, { values }: Pick<PlannedCase, 'values'>): Error {
  const { code = '', message, where, severity } = error;
  // A function cannot produce these messages, so they hold no data.
  const isEnded = severity === 'FATAL' || CANCELED.test(message);
  const isPlain =
    where === undefined || where === ''
      ? (code === INSUFFICIENT_PRIVILEGE && PERMISSION_DENIED.test(message)) ||
        (ABOUT_THE_SERVER.test(code) && NAMES_NOTHING.test(message))
      : BINDING.test(where) && quotesOneOf(message, values);
  // Only the message is known to be harmless.
  if (isEnded || isPlain) return Object.assign(error, { detail: undefined, hint: undefined, where: undefined });
  return new SourceRefusal(`error ${code}, of which the text may hold data of the source`, true);
}

/** True for `invalid input syntax for type integer: "abc"` if the suite gave "abc". */
function quotesOneOf(message: string, values: PlannedCase['values']): boolean {
  const quoted = /^[^"]*"(.*)"$/s.exec(message)?.[1];
  return values.some((value) => typeof value !== 'object' && String(value) === quoted);
}
