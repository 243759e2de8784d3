/** Makes text from suites and databases safe in Markdown. */

/** Characters that have a meaning in Markdown, in HTML or on GitHub. */
const SPECIAL = /[\\`*_~[\]{}<>&!#|@:$^"']|www\./gi;

/** Text on one line, outside of code. It mentions nobody and links no issue. */
export function prose(text: string): string {
  // GitHub looks for @name and #123 in the rendered text. A zero-width joiner breaks them.
  return encoded(text.replace(/[@#](?=[\p{L}\p{N}])/gu, '$&\u2060'));
}

/** Text as inline code. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${encoded(text)}</code>`;
}

/** Unchanged lines in a code block, with a fence that none of them can close. */
export function fenced(language: string, lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

/** Text of at most `length` characters, with an ellipsis if it was cut. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Bytes in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

function encoded(text: string): string {
  return text.replace(SPECIAL, (found) =>
    found.length > 1 ? `${found.slice(0, -1)}&#46;` : `&#${found.charCodeAt(0)};`,
  );
}
