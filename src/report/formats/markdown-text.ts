/** Text that comes from suites and databases, made part of Markdown so that it is read as text. */

/** Whatever Markdown, HTML or GitHub could take for more than text. */
const SPECIAL = /[\\`*_~[\]{}<>&!#|@:$^"']|www\./gi;

/** Text on one line as it is, outside of code. Nobody is mentioned and no issue is linked by it. */
export function prose(text: string): string {
  // GitHub looks for @name and #123 in what it has rendered; a joiner of no width is neither.
  return encoded(text.replace(/[@#](?=[\p{L}\p{N}])/gu, '$&\u2060'));
}

/** The same as code. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${encoded(text)}</code>`;
}

/** Lines as they are, in a block that none of them can end. */
export function fenced(language: string, lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map(({ length }) => length);
  const fence = '`'.repeat(Math.max(2, ...runs) + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

/** Text of at most so many characters. */
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
