import { ASSUMED_LIST_LENGTH } from './assumed.ts';
import { StatementError, type Token } from './scan.ts';

/** What a file's tool has agreed on beside `:name` and `$1`. */
export interface Conventions {
  /** `@name` is a parameter, and no operator before a column. */
  readonly atNames: boolean;
  /** What pgtyped's `@param` makes of a parameter, by its name. */
  readonly expansions: ReadonlyMap<string, Expansion>;
}

/** A parameter that stands for a row of fields, for a list of values, or for a list of rows. */
export interface Expansion {
  /** Null for plain values. */
  readonly fields: readonly string[] | null;
  readonly isList: boolean;
}

export const NO_CONVENTIONS: Conventions = { atNames: false, expansions: new Map() };

/** Most parameters a message of PostgreSQL's protocol can bind. */
export const MAX_PARAMETERS = 65535;

/** A part of a statement that is no SQL; string offsets. */
export interface Placeholder {
  readonly start: number;
  readonly end: number;
  /** The SQL in its place, with parameters by their names. */
  readonly parts: readonly (string | { readonly name: string })[];
}

/** The placeholders among a statement's tokens, in order. Throws StatementError for one that may be a slice. */
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
      throw new StatementError(`the query's lists and rows stand for more than ${MAX_PARAMETERS} parameters`, start);
    return [{ start, end, parts: partsOf(name, expansion) }];
  });
}

interface Named {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** `:name`, pgtyped's `:name!` and psql's `:'name'`, where the colon touches the name and makes no slice (`a[1:n]`). */
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

/** Whether an opening bracket after this token is a subscript and not an array's. */
function isSubscript(before: Token | undefined): boolean {
  return before !== undefined && before.text.toLowerCase() !== 'array' && /[\w\])"]$/.test(before.text);
}

/** `@name`, which the lexer may have joined with an operator before it: `id=@id`. */
function atName(words: readonly Token[], index: number): Named | undefined {
  const [at, next] = [words[index], words[index + 1]];
  if (at === undefined || next?.start !== at.end || !/^(?:[<>=!]*=|[<>]|<>)?@$/.test(at.text)) return undefined;
  return /^[A-Za-z_]\w*$/.test(next.text) ? { name: next.text, start: at.end - 1, end: next.end } : undefined;
}

/** sqlc.arg(name), sqlc.narg(name) and sqlc.slice(name) are parameters, sqlc.embed(table) all columns of a table. */
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

/** Names with their shapes: from an opening bracket to the last closing one of the line. */
function declarationsIn(comment: string): [name: string, shape: string][] {
  const found: [string, string][] = [];
  const start = /@param\s+(\w+)\s*->\s*(?=\()/g;
  for (let match = start.exec(comment); match !== null; match = start.exec(comment)) {
    const line = /.*/.exec(comment.slice(start.lastIndex))?.[0] ?? '';
    const shape = line.slice(0, line.lastIndexOf(')') + 1);
    if (shape !== '') found.push([match[1] ?? '', shape]);
    // Where this one has no end, no other of the line has.
    start.lastIndex += line.length;
  }
  return found;
}
