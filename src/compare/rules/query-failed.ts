import type { Finding } from '../../model/finding.ts';

/** PostgreSQL's error for a query that it cannot plan. DatabaseError of src/postgres has these fields. */
interface PlanningError {
  readonly message: string;
  /** SQLSTATE. */
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** The character of `statement` that the error is about, from 1. */
  readonly position?: number | undefined;
}

/** The finding for a query that cannot be planned, with the line of `statement` that PostgreSQL points at. */
export function queryFailed(error: PlanningError, statement: string): Finding {
  const details = [
    error.position === undefined ? undefined : pointedLine(statement, error.position),
    error.detail,
    error.code === undefined ? undefined : `SQLSTATE ${error.code}.`,
  ].filter((part) => part !== undefined);
  return {
    code: 'query-failed',
    severity: 'error',
    message: error.message,
    ...(details.length === 0 ? {} : { detail: details.join('\n') }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** The line at a position. PostgreSQL counts characters, JavaScript UTF-16 units. */
function pointedLine(statement: string, position: number): string | undefined {
  const before = [...statement].slice(0, position - 1).join('');
  const line = before.split('\n').length;
  const text = statement.split('\n')[line - 1]?.trim();
  return text === undefined || text === '' ? undefined : `Line ${line} of the query: ${text}`;
}
