import { RegressError } from '../model/errors.ts';
import { DatabaseError } from '../postgres/index.ts';
import { visibleLines } from '../report/index.ts';

/** What people read of an error: message, DETAIL and HINT as PostgreSQL's own programs print them. */
export function describeError(error: unknown): string {
  if (error instanceof RegressError || error instanceof DatabaseError) {
    return lines(error.message, error.detail, error.hint);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return lines('unexpected error', stack, 'This is a mistake in regress; please report it with the text above.');
}

function lines(message: string, detail?: string, hint?: string): string {
  // Messages quote suites and databases.
  return visibleLines(
    [
      `regress: error: ${message}`,
      ...(detail ? [detail.startsWith('\n') ? detail.slice(1) : `DETAIL:  ${detail}`] : []),
      ...(hint ? [`HINT:  ${hint}`] : []),
      '',
    ].join('\n'),
  );
}
