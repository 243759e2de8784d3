import { ASSUMED_LIST_LENGTH } from './assumed-list-length.ts';
import type { Token } from './scan.ts';
import { StatementError } from './statement-error.ts';

/** Parameter syntax of a file's tool, besides `:name` and `$1`. */
export interface Conventions {
  /** True if `@name` is a parameter, not an operator before a column. */
  readonly atNames: boolean;
  /** The expansions that pgtyped's `@param` declares, by parameter name. */
  readonly expansions: ReadonlyMap<string, Expansion>;
}

/** A parameter that stands for a row of fields, a list of values, or a list of rows. */
export interface Expansion {
  /** null for plain values. */
  readonly fields: readonly string[] | null;
  readonly isList: boolean;
}

export const NO_CONVENTIONS: Conventions = { atNames: false, expansions: new Map() };

/** The maximum number of parameters in a message of PostgreSQL's protocol. */
export const MAX_PARAMETERS = 65535;

/** A part of a statement that is not SQL; offsets are string offsets. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  /** The SQL that replaces it, with parameters by name. */
  readonly parts: readonly (string | { readonly name: string })[];
}

/** The placeholders among a statement's tokens, in order. Throws StatementError for one that could be a slice. */
export function placeholders(words: readonly Token[], conventions: Conventions): Placeholder[] {
  let expanded = 0;
  return words.flatMap((_, index): Placeholder[] => {
    const found = colonName(words, index) ?? (conventions.atNames ? atName(words, index) : undefined);
    if (found === undefined) return sqlcCall(words, index);
    const { name, start, end } = found;
    const expansion = conventions.expansions.get(name);
    if (expansion === undefined) return [{ start, end, parts: [{ name }] }];
    expanded += (expansion.fields?.length ?? 1) * (expansion.isList ? ASSUMED_LIST_LENGTH : 1);
    if (expanded > MAX_PARAMETERS)
      throw new StatementError(`the query's lists and rows expand to more than ${MAX_PARAMETERS} parameters`, start);
    return [{ start, end, parts: partsOf(name, expansion) }];
  });
}

interface Named {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * `:name`, pgtyped's `:name!` and psql's `:'name'`: the colon must touch the name and must not be part of a slice
 * (`a[1:n]`).
 */
function colonName(words: readonly Token[], index: number): Named | undefined {
  const [previous, colon, next, mark] = [words[index - 1], words[index], words[index + 1], words[index + 2]];
  if (colon?.text !== ':' || next?.start !== colon.end) return undefined;
  const name = /^(?:([A-Za-z_]\w*)|'([A-Za-z_]\w*)')$/.exec(next.text);
  if (name === null) return undefined;
  if (previous?.end === colon.start && /[\p{L}\p{N}_\])"'$]$/u.test(previous.text)) return undefined;
  if (previous?.text === '[' && isSubscript(words[index - 2])) {
    throw new StatementError(`[:${next.text}] is a slice or a parameter: write [1:${next.text}] or [$1]`, colon.start);
  }
  const end = mark?.text === '!' && mark.start === next.end ? mark.end : next.end;
  return { name: name[1] ?? name[2] ?? '', start: colon.start, end };
}

/** Whether an opening bracket after this token begins a subscript, not an array. */
function isSubscript(before: Token | undefined): boolean {
  return before !== undefined && before.text.toLowerCase() !== 'array' && /[\w\])"]$/.test(before.text);
}

/** `@name`. The lexer may have joined the `@` with an operator before it, as in `id=@id`. */
function atName(words: readonly Token[], index: number): Named | undefined {
  const [at, next] = [words[index], words[index + 1]];
  if (at === undefined || next?.start !== at.end || !/^(?:[<>=!]*=|[<>]|<>)?@$/.test(at.text)) return undefined;
  return /^[A-Za-z_]\w*$/.test(next.text) ? { name: next.text, start: at.end - 1, end: next.end } : undefined;
}

/** sqlc.arg(name), sqlc.narg(name) and sqlc.slice(name) are parameters; sqlc.embed(table) is all columns of a table. */
function sqlcCall(words: readonly Token[], index: number): Placeholder[] {
  const [sqlc, dot, method, open, argument, close] = words.slice(index, index + 6);
  if (sqlc?.text.toLowerCase() !== 'sqlc' || dot?.text !== '.' || open?.text !== '(' || close?.text !== ')') return [];
  const [, quoted, bare] = /^(?:'(\w+)'|("?\w+"?))$/.exec(argument?.text ?? '') ?? [];
  const name = quoted ?? bare;
  if (name === undefined) return [];
  const place = { start: sqlc.start, end: close.end };
  switch (method?.text.toLowerCase()) {
    case 'arg':
    case 'narg':
    case 'slice':
      return [{ ...place, parts: [{ name }] }];
    case 'embed':
      return [{ ...place, parts: [`${name}.*`] }];
    default:
      return [];
  }
}

function partsOf(name: string, { fields, isList }: Expansion): Placeholder['parts'] {
  const lines = Array.from({ length: isList ? ASSUMED_LIST_LENGTH : 1 }, (_, index) =>
    isList ? `[${index + 1}]` : '',
  );
  if (fields === null) return ['(', ...joined(lines.map((line) => [{ name: name + line }])), ')'];
  return joined(
    lines.map((line) => ['(', ...joined(fields.map((field) => [{ name: `${name}${line}.${field}` }])), ')']),
  );
}

function joined(lists: readonly Placeholder['parts'][]): Placeholder['parts'] {
  return lists.flatMap((list, index) => (index === 0 ? list : [', ', ...list]));
}

/** The expansions that pgtyped's comments declare: `@param ids -> (...)`, `-> (a, b)`, `-> ((a, b)...)`. */
export function expansionsIn(comments: readonly string[]): Map<string, Expansion> {
  return new Map(
    comments.flatMap(declarationsIn).map(([name, shape]) => {
      const fields = shape.match(/\w+/g);
      return [name, { fields: fields === null ? null : [...fields], isList: shape.includes('...') }];
    }),
  );
}

/** The declared names and their expansions: the text from an opening bracket to the last closing one on the line. */
function declarationsIn(comment: string): [name: string, shape: string][] {
  const found: [string, string][] = [];
  const start = /@param\s+(\w+)\s*->\s*(?=\()/g;
  for (let match = start.exec(comment); match !== null; match = start.exec(comment)) {
    const line = /.*/.exec(comment.slice(start.lastIndex))?.[0] ?? '';
    const shape = line.slice(0, line.lastIndexOf(')') + 1);
    if (shape !== '') found.push([match[1] ?? '', shape]);
    // Without a closing bracket here, the line has no other declaration.
    start.lastIndex += line.length;
  }
  return found;
}
