import { basename, dirname, relative } from 'node:path';
import { projectFoldersOf, readText, unreadable } from '../files/index.ts';
import type { Query, Suite } from '../model/suite.ts';
import { type Conventions, expansionsIn, StatementError, scan, statementOf, type Token } from '../sql/index.ts';
import { sourceError } from '../yaml/index.ts';
import { lineCounter, placeOf } from './place.ts';

/** A query's name and its tokens, from one name comment to the next. */
interface Section {
  readonly name: string;
  /** Offset and line of the name comment, or of the query in a file without names. */
  readonly start: number;
  readonly line: number;
  readonly tokens: readonly Token[];
}

/** The same as for suites in YAML; larger suites can be split into files. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * Reads a suite in SQL; `file` is its name in messages and reports. Throws RegressError `suite` at the position of a
 * mistake.
 */
export async function readSqlSuite(path: string, file: string): Promise<Suite> {
  const shown = relative(process.cwd(), path);
  const within = projectFoldersOf(dirname(path));
  const read = await readText(path, { within, limit: MAX_BYTES }).catch((cause: unknown) => {
    throw unreadable('suite', { what: shown, file: shown }, cause);
  });
  const source = read.replace(/^\uFEFF/, '');
  try {
    return { file, path, thresholds: {}, queries: sqlQueries(source, file) };
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    throw sourceError('suite', shown, source, placeOf(source, error.offset), error.message);
  }
}

/** The queries of a suite in SQL. Throws StatementError. */
function sqlQueries(source: string, file: string): Query[] {
  const sections = sectionsOf(source, basename(file, '.sql'));
  requireUniqueNames(sections);
  const ofAll = scan(source.slice(0, sections[0]?.start ?? 0)).some(asksForCases);
  return sections.map(({ name, line, tokens }) => {
    const statement = statementOf(source, tokens, conventionsOf(tokens));
    const generic = statement.parameters.length > 0;
    const auto = generic && (ofAll || tokens.some(asksForCases)) ? { auto: { given: {} } } : {};
    return { name, ...statement, cases: [], ...auto, generic, settings: {}, thresholds: {}, expect: {}, file, line };
  });
}

/** sqlc's files write `@name` for a parameter; pgtyped's files declare what one expands to. */
function conventionsOf(tokens: readonly Token[]): Conventions {
  const comments = tokens.flatMap(({ isComment, text }) => (isComment ? [text] : []));
  return { atNames: comments.some((comment) => SQLC_NAME.test(comment)), expansions: expansionsIn(comments) };
}

/** A name comment of sqlc, with the kind of result. */
const SQLC_NAME = /^(?:--|\/\*)[ \t]*name:[^\r\n]*\s:(?:one|many|exec\w*|batch\w+|copyfrom)\b/;

/** Except joiners, which occur within words of some scripts and within emoji. */
const UNPRINTABLE = /(?![\u200c\u200d])\p{C}/u;

function sectionsOf(source: string, fileName: string): Section[] {
  const tokens = scan(source);
  const lineOf = lineCounter(source);
  const named = tokens.flatMap((token, index) => {
    const name = token.isComment ? nameIn(token.text) : undefined;
    if (name !== undefined && UNPRINTABLE.test(name))
      throw new StatementError('a name must not contain unprintable characters', token.start);
    return name === undefined ? [] : [{ name, index, start: token.start, line: lineOf(token.start) }];
  });
  const firstWord = tokens.find((token) => !token.isComment);
  const [firstName] = named;
  if (firstName === undefined) {
    return firstWord ? [{ ...unnamed(tokens, fileName, firstWord.start), line: lineOf(firstWord.start) }] : [];
  }
  if (firstWord && firstWord.start < firstName.start) {
    throw new StatementError('a statement precedes the first "-- name:" comment', firstWord.start);
  }
  return named.map(({ name, index, start, line }, position) => {
    return { name, start, line, tokens: tokens.slice(index, named[position + 1]?.index) };
  });
}

/** A file without names is one query, named after the file. */
function unnamed(tokens: readonly Token[], name: string, start: number): Omit<Section, 'line'> {
  const semicolon = tokens.findIndex((token) => token.text === ';');
  const second =
    semicolon < 0 ? undefined : tokens.slice(semicolon).find((token) => !token.isComment && token.text !== ';');
  if (second === undefined) return { name, start, tokens };
  throw new StatementError('a file with several statements needs a "-- name: NAME" comment before each', second.start);
}

/** The name a comment gives: `name: NAME :one` (sqlc) or `@name NAME` (pgtyped, in a block comment); else undefined. */
function nameIn(comment: string): string | undefined {
  const [, rest] = /^(?:--|\/\*)[ \t]*name:([^\r\n]*)$/.exec(comment) ?? [];
  if (rest !== undefined) {
    const lineName = rest.replace(/\*\/$/, '').trim();
    const name = lineName.replace(/\s:[a-z]+$/, '').trim();
    if (name !== '') return name;
  }
  const [, blockName] = /^(?:\/\*[\s*]*|--[ \t]*)@name\s+([^\s*]+)/.exec(comment) ?? [];
  return blockName;
}

/** Its parts match disjoint characters, so that a long line that does not match takes no longer. */
const CASES_LINE = /^(?:--[ \t]*|\/?[\s*]*)(?:cases:|@cases)[ \t]*auto[ \t]*(?:\*\/)?$/;

/**
 * True for the comment `cases: auto`, or `@cases auto` in pgtyped's style. It applies to the query whose name is above
 * it; above the first name, to all queries.
 */
function asksForCases({ isComment, text }: Token): boolean {
  return isComment && text.split(/[\n\r\u2028\u2029]/).some((line) => CASES_LINE.test(line));
}

function requireUniqueNames(sections: readonly Section[]): void {
  const seen = new Map<string, number>();
  for (const { name, start, line } of sections) {
    const first = seen.get(name);
    if (first !== undefined) throw new StatementError(`query "${name}" is already defined on line ${first}`, start);
    seen.set(name, line);
  }
}
