import { type ErrorCode, RegressError } from '../model/errors.ts';

/** A place in a text file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** An error at a place in a file: `file:line:column: message`, then the line with a caret below the column. */
export function sourceError(
  code: ErrorCode,
  file: string,
  source: string,
  place: Place,
  message: string,
  fields: { readonly hint?: string } = {},
): RegressError {
  const { text, before } = shownPart(withoutPassword(source.split(/\r?\n/)[place.line - 1] ?? ''), place.column - 1);
  // The margin keeps tabs, so that the caret is below its column whatever the tab width.
  const margin = before.replace(/[^\t]/g, ' ');
  return new RegressError(code, `${file}:${place.line}:${place.column}: ${message}`, {
    detail: `\n    ${text}\n    ${margin}^`,
    hint: fields.hint,
  });
}

/** Replaces each character of a URL's password by an asterisk, so that columns stay. */
function withoutPassword(line: string): string {
  return line.replace(/(:\/\/[^\s:@/?#]*:)([^\s@]+)(?=@)/g, (_, before: string, password: string) => {
    return `${before}${'*'.repeat(password.length)}`;
  });
}

/** The most characters of a line that are shown. */
const MAX_SHOWN = 160;

/** The part of a line around an offset, and the piece of that part before the offset. */
function shownPart(line: string, offset: number): { text: string; before: string } {
  const from = Math.max(0, Math.min(offset - MAX_SHOWN / 2, line.length - MAX_SHOWN));
  const start = from > 0 ? '…' : '';
  const end = from + MAX_SHOWN < line.length ? '…' : '';
  return { text: `${start}${line.slice(from, from + MAX_SHOWN)}${end}`, before: `${start}${line.slice(from, offset)}` };
}
