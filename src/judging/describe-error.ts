import { ExecaError } from 'execa';
import { packageVersion, reportTo } from '../about/index.ts';
import { RegressError } from '../model/errors.ts';
import { asRegressError } from '../model/file-error.ts';
import type { WarningFields } from '../model/progress.ts';
import { DatabaseError, serversMet } from '../postgres/index.ts';
import { idleLine, idleLines } from '../report/index.ts';

/** The text of an error for people: message, DETAIL and HINT, as PostgreSQL's own programs print them. */
export function describeError(error: unknown): string {
  if (error instanceof RegressError || error instanceof DatabaseError) {
    return lines(`error: ${error.message}`, error);
  }
  const known = asRegressError(error) ?? programFailed(error);
  return known === null ? unexpected(error) : lines(`error: ${known.message}`, known);
}

/** The error for a failed program that no other code has described. Null for other errors. */
function programFailed(error: unknown): RegressError | null {
  if (!(error instanceof ExecaError)) return null;
  const cause = asRegressError(error.cause);
  if (cause !== null) return cause;
  const detail = typeof error.stderr === 'string' && error.stderr !== '' ? error.stderr : undefined;
  return new RegressError('environment', error.shortMessage, { detail, cause: error });
}

function unexpected(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const servers = serversMet().map((version) => `, PostgreSQL ${version}`);
  const versions = `regress ${packageVersion()}, Node.js ${process.version}, ${process.platform} ${process.arch}${servers.join('')}`;
  return lines('error: unexpected error', {
    detail: `${stack}\n${versions}`,
    hint: `This is a bug in regress. Please report it with the text above: ${reportTo()}`,
  });
}

/** The text of a warning for people. */
export function describeWarning(message: string, fields: WarningFields = {}): string {
  return lines(`warning: ${message}`, fields);
}

/** Messages quote suites and databases, so quoted text never begins a line: a CI runner could take it for a command. */
function lines(message: string, { detail, hint }: WarningFields): string {
  const parts = [
    `regress: ${idleLine(message)}`,
    ...(detail ? [idleLines(detail.startsWith('\n') ? detail.slice(1) : `DETAIL:  ${detail}`)] : []),
    ...(hint ? [idleLines(`HINT:  ${hint}`)] : []),
  ];
  return `${parts.join('\n')}\n`;
}
