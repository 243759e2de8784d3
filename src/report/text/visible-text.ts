/**
 * SQL, aliases and messages come from suites and databases. Characters that control a terminal, reorder text or break a
 * line are shown as escapes. So is the number sign of `##[error]`, `##vso[…]` and `##teamcity[…]`: CI runners obey these
 * commands anywhere in a line.
 */
const UNSEEN =
  /#(?=#(?:vso|teamcity)?\[)|[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Fields with several lines of text. In all others a newline is escaped too. */
const MULTILINE = new Set(['sql', 'detail']);

/** Text on one line, with control characters as `\n`, `\x1b` or `\u202e`. */
function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same, but keeps lines, and turns tabs into two spaces. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => visible(line.replaceAll('\t', '  ')))
    .join('\n');
}

/** A line that GitHub's runner reads as a command, `::name …::`, also after blanks (actions/runner, ActionCommand.cs, TryParseV2). */
const COMMAND = /^(\s*):(?=:.*::)/gm;

/** Escapes lines that a CI runner would obey, and nothing else. For text on a stream that a runner reads. */
export function idleCommands(text: string): string {
  return text.replace(COMMAND, '$1\\x3a');
}

/** Text from elsewhere on one line, which starts no command. */
export function idleLine(text: string): string {
  return idleCommands(visible(text));
}

/** The same, but keeps lines, and indents all but the first: only regress's own lines start at the margin. */
export function idleLines(text: string): string {
  return idleCommands(visibleLines(text).replace(/\n(?=\S)/g, '\n  '));
}

/** A copy of a report, or of a part, with control characters escaped in every text. */
export function visibleCopy<T>(value: T): T {
  return copy(value, false) as T;
}

function copy(value: unknown, multiline: boolean): unknown {
  if (typeof value === 'string') return multiline ? visibleLines(value) : visible(value);
  if (Array.isArray(value)) return value.map((item) => copy(item, multiline));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [visible(key), copy(item, MULTILINE.has(key))]));
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
