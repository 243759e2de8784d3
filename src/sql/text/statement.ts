import { type Conventions, MAX_PARAMETERS, NO_CONVENTIONS, type Placeholder, placeholders } from './placeholders.ts';
import { scan, type Token } from './scan.ts';
import { StatementError } from './statement-error.ts';

/** A text that is proven to be one statement that EXPLAIN can plan. */
export interface Statement {
  /** From the first token to the last, without a closing semicolon. */
  readonly sql: string;
  /** The same text with `$1`… in place of `:name` and of the parameter syntax of the file's tool. */
  readonly statement: string;
  /** Names in the order of `$1`…; positional parameters are named by their number. */
  readonly parameters: readonly string[];
}

/** First words of statements that EXPLAIN can plan without executing anything. */
const PLANNABLE = ['select', 'insert', 'update', 'delete', 'merge', 'values', 'with', 'table'];

/**
 * Proves that a text is one statement of a plannable kind, and numbers its named parameters. The proof uses only the
 * lexer: there is no semicolon except at the end. So it also covers SQL that this parser does not understand; the
 * server reports syntax errors itself. Throws StatementError.
 */
export function readStatement(sql: string): Statement {
  return statementOf(sql, scan(sql));
}

/** The statements of a text that was sent as one message. Returns the whole text if the lexer rejects it. */
export function splitStatements(text: string): string[] {
  if (!text.includes(';')) return [text];
  try {
    const semicolons = scan(text).filter((token) => token.text === ';');
    const ends = [...semicolons.map(({ start }) => start), text.length];
    const parts = ends.map((end, index) => text.slice(semicolons[index - 1]?.end ?? 0, end));
    return parts.filter((part) => part.trim() !== '');
  } catch (error) {
    if (error instanceof StatementError) return [text];
    throw error;
  }
}

/** readStatement for tokens that are already scanned; they are part of `source`. */
export function statementOf(
  source: string,
  tokens: readonly Token[],
  conventions: Conventions = NO_CONVENTIONS,
): Statement {
  const words = tokens.filter((token) => !token.isComment);
  while (words.at(-1)?.text === ';') words.pop();
  const [first, last] = [words[0], words.at(-1)];
  if (first === undefined || last === undefined) {
    throw new StatementError('the query is empty', tokens[0]?.start ?? 0, true);
  }
  const semicolon = words.findIndex((token) => token.text === ';');
  if (semicolon >= 0) {
    const next = words.slice(semicolon).find((token) => token.text !== ';') ?? last;
    throw new StatementError('a query must be a single statement, and a second one begins here', next.start, true);
  }
  requirePlannable(words);
  const { statement, parameters } = numberParameters(source, first.start, last.end, words, conventions);
  return { sql: source.slice(first.start, last.end), statement, parameters };
}

function requirePlannable(words: readonly Token[]): void {
  const first = words.find((token) => token.text !== '(');
  if (first === undefined || PLANNABLE.includes(first.text.toLowerCase())) return;
  const kinds = PLANNABLE.map((word) => word.toUpperCase()).join(', ');
  throw new StatementError(`"${first.text}" cannot be planned: a query begins with one of ${kinds}`, first.start, true);
}

function numberParameters(
  source: string,
  start: number,
  end: number,
  words: readonly Token[],
  conventions: Conventions,
) {
  const found = placeholders(words, conventions);
  const names = found.flatMap(({ parts }) => parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])));
  const positional = words.filter((token) => /^\$\d+$/.test(token.text));
  if (names.length > 0 && positional[0] !== undefined) {
    throw new StatementError('named and positional parameters cannot be mixed', positional[0].start);
  }
  const named = [...new Set(names)];
  const parameters = names.length === 0 ? numbersUpTo(positional) : named;
  if (named.length > MAX_PARAMETERS)
    throw new StatementError(`the query has more than ${MAX_PARAMETERS} parameters`, start);
  const numbers = new Map(named.map((name, index) => [name, index + 1]));
  let statement = '';
  let copied = start;
  for (const placeholder of found) {
    // Padded, so that a position the server reports is also a position in the query as written.
    const text = written(placeholder, numbers).padEnd(placeholder.end - placeholder.start);
    statement += source.slice(copied, placeholder.start) + text;
    copied = placeholder.end;
  }
  return { statement: (statement + source.slice(copied, end)).trimEnd(), parameters };
}

function written({ parts }: Placeholder, numbers: ReadonlyMap<string, number>): string {
  return parts.map((part) => (typeof part === 'string' ? part : `$${numbers.get(part.name)}`)).join('');
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
