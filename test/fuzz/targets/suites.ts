import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'libpg-query';
import { parse, stringify } from 'yaml';
import { queryDigest } from '../../../src/baseline/index.ts';
import { RegressError } from '../../../src/model/errors.ts';
import { plannedCases, type Query, valuesText } from '../../../src/model/suite.ts';
import { constantCalls, namedRelations, parameterUses, timeCalls } from '../../../src/sql/index.ts';
import { loadSuites } from '../../../src/suite/index.ts';
import { fromBytes, toBytes } from '../mutate.ts';
import { mutatedJson } from '../mutate-json.ts';
import type { Random } from '../random.ts';
import { documentedBlocks, filesBelow, literalsOf, scratchFolder } from '../scratch.ts';
import { type Target, Violation } from '../target.ts';
import { SQL_WORDS, YAML_WORDS } from '../words.ts';

/** A suite in YAML, read as check reads it, and all that is worked out from its text. */
export function yamlSuites(): Target {
  const seeds = [
    ...filesBelow('suites', /\.yaml$/, 4_000),
    ...documentedBlocks('yaml'),
    ...literalsOf('test/suite/load.test.ts', /queries:/),
    'queries:\n  - { name: a, sql: "SELECT :b, :c", cases: { auto: { b: [1, {x: 2}] }, d: [1, 2] }, tags: { route: /x } }\n',
    'cases: auto\nignored: [x]\nthresholds: { cost: { warn: 2, fail: 3 } }\nqueries:\n  - &q\n    name: a\n    sql: >-\n      SELECT $1\n  - <<: *q\n    name: b\n',
  ];
  return {
    name: 'suites-yaml',
    seeds,
    words: [...YAML_WORDS, ...SQL_WORDS],
    vary: variedYaml(YAML_WORDS),
    run: suiteReader('yaml'),
  };
}

/** A suite in SQL, the same way. */
export function sqlSuites(): Target {
  const seeds = [
    ...filesBelow('suites', /\.sql$/, 4_000),
    ...filesBelow('test/fidelity', /queries\.sql$/, 4_000),
    ...documentedBlocks('sql'),
    ...literalsOf('test/suite/conventions.test.ts', /select/i),
    ...literalsOf('test/suite/load.test.ts', /^-- name:/m),
    '/* @name GetAll\n   @param ids -> (...)\n   @param rows -> ((a, b)...) */\nSELECT * FROM t WHERE id IN :ids AND (a, b) IN (VALUES :rows);\n',
    "-- cases: auto\n-- name: ListOrders :many\nSELECT sqlc.embed(o) FROM o WHERE id = @id AND a = sqlc.arg(b) AND c IN (sqlc.slice('d'));\n",
  ];
  return { name: 'suites-sql', seeds, words: SQL_WORDS, run: suiteReader('sql') };
}

/** Changes the values of a YAML document; null for what is none. */
export function variedYaml(words: readonly string[]): (input: string, random: Random) => string | null {
  return (input, random) => {
    try {
      // By way of JSON, which refuses what holds itself.
      const value = JSON.parse(JSON.stringify(parse(fromBytes(input), { logLevel: 'error' })));
      const changed = mutatedJson(value, random, words);
      // JSON is YAML; a block has other places.
      return toBytes(random.chance(0.4) ? changed : stringify(JSON.parse(changed)));
    } catch {
      return null;
    }
  };
}

function suiteReader(extension: 'yaml' | 'sql'): Target['run'] {
  const folder = join(scratchFolder(), 'suites');
  mkdirSync(folder);
  const path = join(folder, `orders.${extension}`);
  return async (input) => {
    const bytes = Buffer.from(input, 'latin1');
    writeFileSync(path, bytes);
    try {
      const suites = await loadSuites(folder);
      for (const { queries } of suites) queries.slice(0, 20).forEach(requireSound);
    } catch (error) {
      if (error instanceof RegressError) requirePlace(error, bytes.toString('utf8'));
      throw error;
    }
  };
}

/** Where an error points to is within the file. */
export function requirePlace({ message }: RegressError, source: string): void {
  const [, line, column] = /^\S+?\.(?:ya?ml|sql|baseline):(\d+):(\d+): /.exec(message) ?? [];
  if (line === undefined) return;
  const text = source.split('\n')[Number(line) - 1];
  if (text === undefined || Number(line) < 1) throw new Violation('the line of an error is none of the file');
  // A byte order mark is no column.
  if (Number(column) < 1 || Number(column) > text.length + 1)
    throw new Violation('the column of an error is none of its line');
}

/** What check does with a query before a server sees it. */
function requireSound(query: Query): void {
  for (const planned of plannedCases(query)) {
    queryDigest(query, planned);
    valuesText(query, planned);
  }
  namedRelations(query.statement);
  timeCalls(query.statement);
  constantCalls(query.statement);
  parameterUses(query.statement, Math.min(query.parameters.length, 50), () => ({ columns: ['id', 'a'] }) as never);
  requireExplained(query.statement);
}

interface Parsed {
  readonly stmts?: readonly { readonly stmt?: { readonly ExplainStmt?: { readonly options?: readonly Option[] } } }[];
}

interface Option {
  readonly DefElem?: { readonly defname?: string };
}

/** Behind our EXPLAIN, a statement stays one, and EXPLAIN's options stay ours. */
export function requireExplained(statement: string): void {
  let parsed: Parsed;
  try {
    parsed = parseSync(`EXPLAIN (FORMAT JSON, VERBOSE) ${statement}`) as Parsed;
  } catch {
    return;
  }
  if (parsed.stmts?.length !== 1) throw new Violation('a suite holds several statements');
  const options = parsed.stmts[0]?.stmt?.ExplainStmt?.options?.map(({ DefElem }) => DefElem?.defname);
  if (options?.join() !== 'format,verbose') throw new Violation('a suite changes the options of EXPLAIN');
}
