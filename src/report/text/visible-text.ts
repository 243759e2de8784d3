/**
 * SQL, aliases and messages come from suites and databases. Whatever would steer a terminal, reorder what is read or
 * break a line is shown as an escape instead, and so is the number sign of `##[error]`, `##vso[…]` and `##teamcity[…]`, which
 * runners of CI obey wherever they stand in a line.
 */
const UNSEEN =
  /#(?=#(?:vso|teamcity)?\[)|[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Fields whose text has lines; everywhere else a newline is an escape too. */
const MULTILINE = new Set(['sql', 'detail']);

/** Text on one line without control characters, which stand as `\n`, `\x1b` or `\u202e`. */
function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same with lines kept, and tabs as two spaces. */
export function visibleLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => visible(line.replaceAll('\t', '  ')))
    .join('\n');
}

/**
 * A line that GitHub's runner takes for a command, `::name …::`, wherever its blanks end (ActionCommand.cs, TryParseV2, of
 * actions/runner).
 */
const COMMAND = /^(\s*):(?=:.*::)/gm;

/** Lines that no runner of CI obeys; else the text is as it was. For what is printed where a runner reads. */
export function idleCommands(text: string): string {
  return text.replace(COMMAND, '$1\\x3a');
}

/** A text of others on one line, which begins no command. */
export function idleLine(text: string): string {
  return idleCommands(visible(text));
}

/** The same with its lines kept, of which none but the first begins at the margin: there lines of ours begin. */
export function idleLines(text: string): string {
  return idleCommands(visibleLines(text).replace(/\n(?=\S)/g, '\n  '));
}

/** A copy of a report, or a part of one, with every text in it made visible. */
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
