import { type ErrorCode, RegressError } from '../model/errors.ts';

/** Why a file is not read or written, as a sentence without its full stop. It quotes nothing of the file. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** Where in the file, both from 1; null for all of it. */
  readonly place: { readonly line: number; readonly column: number } | null;

  constructor(message: string, place: FileError['place'] = null) {
    super(message);
    this.place = place;
  }
}

/**
 * The error of a file that could not be read: `what` names it with its kind, such as `the results r.json`, and `file` alone
 * as places are written.
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
      hint: 'Save it in UTF-8, or leave these bytes out.',
      cause,
    });
  }
  return new RegressError(code, `could not read ${what}`, { detail: `${(cause as Error).message}.`, hint, cause });
}
