import { type ErrorCode, RegressError } from '../model/errors.ts';

/** A place in a text file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** An error at a place of a file: `file:line:column: message`, then the line with a caret below the column. */
export function sourceError(
  code: ErrorCode,
  file: string,
  source: string,
  place: Place,
  message: string,
  fields: { readonly hint?: string } = {},
): RegressError {
  const text = source.split(/\r?\n/)[place.line - 1] ?? '';
  // A tab is kept in the margin so that the caret stands below its column whatever the tab width.
  const margin = text.slice(0, place.column - 1).replace(/[^\t]/g, ' ');
  return new RegressError(code, `${file}:${place.line}:${place.column}: ${message}`, {
    detail: `\n    ${text}\n    ${margin}^`,
    hint: fields.hint,
  });
}
