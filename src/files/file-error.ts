import { type ErrorCode, RegressError } from '../model/errors.ts';

/** Why a file was not read or written, as a sentence without the full stop. The message quotes nothing from the file. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** Line and column, both from 1; null if the error is about the whole file. */
  readonly place: { readonly line: number; readonly column: number } | null;

  constructor(message: string, place: FileError['place'] = null) {
    super(message);
    this.place = place;
  }
}

/**
 * The error for a file that could not be read. `what` names the file for the message, such as `the results r.json`;
 * `file` is its path alone, for `file:line:column`.
 */
export function unreadable(
  code: ErrorCode,
  { what, file }: { readonly what: string; readonly file: string },
  cause: unknown,
  hint?: string,
): RegressError {
  if (cause instanceof FileError && cause.place !== null) {
    const { line, column } = cause.place;
    return new RegressError(code, `${file}:${line}:${column}: the file is not UTF-8`, {
      detail: `${cause.message}.`,
      hint: 'Save the file as UTF-8, or remove these bytes.',
      cause,
    });
  }
  return new RegressError(code, `could not read ${what}`, { detail: `${(cause as Error).message}.`, hint, cause });
}
