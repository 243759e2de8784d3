import { dirname, relative } from 'node:path';
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { z } from 'zod';
import { projectFoldersOf, readText, unreadable } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import { isDeeper } from '../model/text/json.ts';
import { keyHint } from './known-keys.ts';
import { type Place, sourceError } from './source-error.ts';

type Path = readonly PropertyKey[];

/** Makes an error that points at an offset of the file, in characters from 0. */
type ErrorAt = (offset: number, message: string, hint?: string) => RegressError;

/** A YAML file that satisfies its schema. */
export interface YamlFile<T> {
  readonly value: T;
  /** Line, from 1, of the value at a path, or of its key if it has one. */
  lineOf(path: Path): number;
  /** The text of the file. */
  readonly source: string;
  /** Makes an error that points at the value at a path. */
  fail(path: Path, message: string, hint?: string): RegressError;
}

/** Far more than people or generators write, and small enough for any CI machine. */
const MAX_BYTES = 10 * 1024 * 1024;

/** A parsed token takes about 400 bytes of memory; a query has about 40 tokens. */
const MAX_TOKENS = 250_000;

/** The most mistakes that are sorted to find the first one. */
const MAX_MISTAKES = 1000;

/** Levels of nesting in a value, such as a case's. Checking a value takes stack for each level. */
const MAX_LEVELS = 200;

/** More aliases than this are an attack, not a suite. */
const MAX_ALIASES = 100;

/**
 * Reads and checks a YAML file. Throws RegressError with the given code at the first mistake: YAML syntax, duplicate keys,
 * unknown keys, wrong types and values. The HINT counts further mistakes.
 */
export async function readYaml<T>(path: string, schema: z.ZodType<T>, code: 'config' | 'suite'): Promise<YamlFile<T>> {
  const file = relative(process.cwd(), path) || path;
  const within = projectFoldersOf(dirname(path));
  const source = await readText(path, { within, limit: MAX_BYTES }).catch((cause: unknown) => {
    throw unreadable(code, { what: file, file }, cause);
  });
  requireFewTokens(source, code, file);
  const lines = new LineCounter();
  const at: ErrorAt = (offset, message, hint) => {
    const { line, col } = lines.linePos(offset);
    return sourceError(code, file, source, { line, column: col }, message, hint === undefined ? {} : { hint });
  };
  const document = documentOf(source, lines, at);
  const [syntaxError] = [...document.errors, ...document.warnings];
  if (syntaxError) throw at(syntaxError.pos[0], inOurWords(syntaxError));
  refuseDuplicateKeys(document, at);

  refuseCycle(document, at);
  const root = document.contents as Node | null;
  const value = plainValue(document, at) ?? {};
  if (isDeeper(value, MAX_LEVELS)) throw at(0, TOO_DEEP);
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw firstMistake(parsed.error.issues, schema, root, at);
  const placeOf = (place: Path): Place => {
    const { line, col } = lines.linePos(offsetOf(root, place));
    return { line, column: col };
  };
  return {
    value: parsed.data,
    source,
    lineOf: (place) => placeOf(place).line,
    fail: (place, message, hint) =>
      sourceError(code, file, source, placeOf(place), message, hint === undefined ? {} : { hint }),
  };
}

/** Counts tokens before parsing, which takes much more memory. */
function requireFewTokens(source: string, code: 'config' | 'suite', file: string): void {
  let tokens = 0;
  for (const _ of new Lexer().lex(source)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) {
      throw new RegressError(code, `${file} is too large`, {
        detail: `It has more than ${MAX_TOKENS} YAML tokens.`,
        hint: code === 'suite' ? 'Split it into several suites.' : undefined,
      });
    }
  }
}

/** The parser recurses for each level of blocks and has no limit of its own. */
function documentOf(source: string, lines: LineCounter, at: ErrorAt): Document {
  try {
    // uniqueKeys: the library compares each key with all before it, which takes quadratic time.
    return parseDocument(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) throw at(0, TOO_DEEP);
    throw error;
  }
}

const TOO_DEEP = 'the nesting is too deep';

function inOurWords({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here, but a file may hold only one';
  return code === 'RESOURCE_EXHAUSTION' ? TOO_DEEP : message;
}

/** Throws for a key that occurs twice in one map. */
function refuseDuplicateKeys(document: Document, at: ErrorAt): void {
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) throw at(key.range?.[0] ?? 0, 'Map keys must be unique');
        seen.add(key.value);
      }
    },
  });
}

/** Throws for a value that contains itself: walking it would never end. */
function refuseCycle(document: Document, at: ErrorAt): void {
  visit(document, {
    Alias: (_, alias, around) => {
      const holdsIt = around.some((node) => isCollection(node) && node.anchor === alias.source);
      const target = holdsIt ? alias.resolve(document) : undefined;
      if (target === undefined || !around.some((node) => node === target)) return;
      throw at(alias.range?.[0] ?? 0, `the alias *${alias.source} is inside the value it refers to`);
    },
  });
}

function plainValue(document: Document, at: ErrorAt): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError) throw at(0, `aliases expand to more than ${MAX_ALIASES} values each`);
    throw error;
  }
}

function firstMistake(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  root: Node | null,
  at: ErrorAt,
): RegressError {
  const mistakes = issues
    .slice(0, MAX_MISTAKES)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key], message: `unknown key "${key}"`, unknown: true }))
        : [
            {
              path: issue.path,
              message: isMissing(root, issue.path) ? missing(issue.path) : lowerFirst(issue.message),
              unknown: false,
            },
          ],
    )
    .map((mistake) => ({ ...mistake, offset: offsetOf(root, mistake.path), lacks: isMissing(root, mistake.path) }))
    // A missing key is often only misspelt, so mistakes in keys that exist come first.
    .sort((a, b) => Number(a.lacks) - Number(b.lacks) || a.offset - b.offset);
  const [first] = mistakes as [(typeof mistakes)[number], ...typeof mistakes];
  // At the top level the path of a key is its name, which the message already has.
  const where = first.path.length > Number(first.unknown) ? ` at ${first.path.map(String).join('.')}` : '';
  const hints = [
    ...(first.unknown ? [keyHint(schema, first.path) ?? ''] : []),
    ...(mistakes.length > 1
      ? [`${issues.length > MAX_MISTAKES ? 'Many' : mistakes.length - 1} more in this file.`]
      : []),
  ].filter((hint) => hint !== '');
  return at(first.offset, `${first.message}${where}`, hints.length === 0 ? undefined : hints.join(' '));
}

const pairsOfMaps = new WeakMap<YAMLMap, Map<string, Pair>>();

/** The pairs of a map by key. Cached, because a file can have thousands of pairs with a mistake in each. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairsOfMaps.get(map);
  if (known !== undefined) return known;
  const pairs = new Map(map.items.map((pair) => [String(pair.key), pair]));
  pairsOfMaps.set(map, pairs);
  return pairs;
}

/** Offset of the key at a path, or of the deepest ancestor that exists. */
function offsetOf(root: Node | null, path: Path): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(step));
      if (pair === undefined) break;
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

function isMissing(root: Node | null, path: Path): boolean {
  const last = path.at(-1);
  if (last === undefined) return false;
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) node = pairsOf(node).get(String(step))?.value;
    else node = isSeq(node) ? node.get(step, true) : undefined;
  }
  return node === undefined;
}

function missing(path: Path): string {
  return `"${String(path.at(-1))}" is missing`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
