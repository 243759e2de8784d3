import { StatementError, scan, type Token } from './scan.ts';

/** A text proven to be one statement that EXPLAIN can plan. */
export interface Statement {
  /** From the first token to the last, without a closing semicolon. */
  readonly sql: string;
  /** The same with `$1`… in place of `:name`. */
  readonly statement: string;
  /** Names in the order of `$1`…; positional parameters are named by their number. */
  readonly parameters: readonly string[];
}

interface NamedParameter {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** What EXPLAIN plans without ANALYZE's or a utility statement's effects, by its first word. */
const PLANNABLE = ['select', 'insert', 'update', 'delete', 'merge', 'values', 'with', 'table'];

/** Most parameters a message of PostgreSQL's protocol can bind. */
const MAX_PARAMETERS = 65535;

/**
 * Proves that a text is one statement of a plannable kind and numbers its named parameters. The proof is the lexer's:
 * no semicolon but at the end. It holds for SQL the parser does not know, so that the server itself reports syntax
 * errors. Throws StatementError.
 */
export function readStatement(sql: string): Statement {
  return statementOf(sql, scan(sql));
}

/** As `readStatement`, from tokens already scanned: a part of `source`. */
export function statementOf(source: string, tokens: readonly Token[]): Statement {
  const words = tokens.filter((token) => !token.isComment);
  while (words.at(-1)?.text === ';') words.pop();
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) {
    throw new StatementError('the query is empty', tokens[0]?.start ?? 0);
  }
  const semicolon = words.findIndex((token) => token.text === ';');
  if (semicolon >= 0) {
    const next = words.slice(semicolon).find((token) => token.text !== ';') ?? last;
    throw new StatementError('a query must be a single statement, and a second one begins here', next.start);
  }
  requirePlannable(words);
  const { statement, parameters } = numberParameters(source, first.start, last.end, words);
  return { sql: source.slice(first.start, last.end), statement, parameters };
}

function requirePlannable(words: readonly Token[]): void {
  const first = words.find((token) => token.text !== '(');
  if (first === undefined || PLANNABLE.includes(first.text.toLowerCase())) return;
  const kinds = PLANNABLE.map((word) => word.toUpperCase()).join(', ');
  throw new StatementError(`"${first.text}" cannot be planned: a query begins with one of ${kinds}`, first.start);
}

function numberParameters(source: string, start: number, end: number, words: readonly Token[]) {
  const named = namedParameters(words);
  const positional = words.filter((token) => /^\$\d+$/.test(token.text));
  if (named.length > 0 && positional[0] !== undefined) {
    throw new StatementError('named and positional parameters cannot be mixed', positional[0].start);
  }
  if (named.length === 0) return { statement: source.slice(start, end), parameters: numbersUpTo(positional) };
  const parameters = [...new Set(named.map(({ name }) => name))];
  let statement = '';
  let copied = start;
  for (const parameter of named) {
    // Padded, so that a position the server reports is a position in the query as written.
    const placeholder = `$${parameters.indexOf(parameter.name) + 1}`.padEnd(parameter.end - parameter.start);
    statement += source.slice(copied, parameter.start) + placeholder;
    copied = parameter.end;
  }
  return { statement: (statement + source.slice(copied, end)).trimEnd(), parameters };
}

/** `1`, `2`… up to the highest `$n`. */
function numbersUpTo(positional: readonly Token[]): string[] {
  let highest = 0;
  for (const token of positional) {
    const number = Number(token.text.slice(1));
    if (number < 1 || number > MAX_PARAMETERS) {
      throw new StatementError(`there is no parameter ${token.text}`, token.start);
    }
    highest = Math.max(highest, number);
  }
  return Array.from({ length: highest }, (_, index) => String(index + 1));
}

/** `:name` where the colon touches the name and nothing that makes it a slice (`a[1:n]`) comes right before. */
function namedParameters(words: readonly Token[]): NamedParameter[] {
  return words.flatMap((colon, index) => {
    const next = words[index + 1];
    if (colon.text !== ':' || next?.start !== colon.end || !/^[A-Za-z_]\w*$/.test(next.text)) return [];
    const previous = words[index - 1];
    if (previous?.end === colon.start && /[\p{L}\p{N}_\])"'$]$/u.test(previous.text)) return [];
    if (previous?.text === '[' && isSubscript(words[index - 2])) {
      throw new StatementError(
        `[:${next.text}] is a slice or a parameter: write [1:${next.text}] or [$1]`,
        colon.start,
      );
    }
    return [{ name: next.text, start: colon.start, end: next.end }];
  });
}

/** Whether an opening bracket after this token is a subscript and not an array's. */
function isSubscript(before: Token | undefined): boolean {
  return before !== undefined && before.text.toLowerCase() !== 'array' && /[\w\])"]$/.test(before.text);
}
