import { existsSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { RegressError } from '../model/errors.ts';
import { baselineStem, type Suite } from '../model/suite.ts';
import { loadScanner } from '../sql/index.ts';
import { selectQueries } from './patterns.ts';
import { readSqlSuite } from './sql-suite.ts';
import { suitePaths } from './suite-paths.ts';
import { readYamlSuite } from './yaml-suite.ts';

/**
 * The suites below a folder, sorted by path: every .yaml, .yml and .sql file that is not hidden. With patterns, only
 * the queries that match (see selectQueries). Throws RegressError `suite` if there are none, unless they are optional,
 * or at the first mistake, with file, line, column and the line's text; and `usage` for a pattern that matches nothing.
 */
export async function loadSuites(
  folder: string,
  options: { readonly patterns?: readonly string[]; readonly optional?: boolean } = {},
): Promise<Suite[]> {
  const root = resolve(folder);
  if (options.optional && !existsSync(root)) return [];
  const paths = await suitePaths(root).catch((cause: unknown) => {
    throw isErrorOfSystem(cause) ? noSuites(root, missing(cause), cause) : cause;
  });
  await loadScanner();
  const suites: Suite[] = [];
  for (const path of paths) {
    const file = relative(dirname(root), path).split(sep).join('/');
    suites.push(await (path.endsWith('.sql') ? readSqlSuite(path, file) : readYamlSuite(path, file)));
    requireBounded(suites);
  }
  requireOwnBaselines(suites);
  if (!options.optional && suites.every(({ queries }) => queries.length === 0))
    throw noSuites(root, 'No file in it holds a query.');
  return selectQueries(suites, options.patterns ?? []);
}

/** Throws RegressError `suite`, naming the file at which the suites become too large. */
function requireBounded(suites: readonly Suite[]): void {
  let queries = 0;
  let cases = 0;
  let characters = 0;
  for (const suite of suites) {
    queries += suite.queries.length;
    for (const query of suite.queries) {
      cases += query.cases.length;
      characters += query.sql.length;
    }
    const beyond =
      (queries > MAX_QUERIES && `${MAX_QUERIES} queries`) ||
      (cases > MAX_CASES && `${MAX_CASES} cases`) ||
      (characters > MAX_CHARACTERS && `${MAX_CHARACTERS} characters of SQL`);
    if (beyond) {
      throw new RegressError('suite', 'the suites are too large', {
        detail: `Together, the files up to ${suite.file} have more than ${beyond}.`,
        hint: 'Split them into projects: see "projects" in docs/configuration.md.',
      });
    }
  }
}

/** regress plans a few hundred queries a second, so these take minutes. */
const MAX_QUERIES = 50_000;
const MAX_CASES = 100_000;
/** All suites are in memory at the same time. */
const MAX_CHARACTERS = 32_000_000;

function isErrorOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function missing({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOENT' ? 'The folder does not exist.' : `${message}.`;
}

function noSuites(folder: string, detail: string, cause?: unknown): RegressError {
  return new RegressError('suite', `no suites in ${relative(process.cwd(), folder) || folder}`, {
    reason: 'no-suites',
    detail,
    hint: 'If there is no regress.yaml yet: npx regress-pg init. Otherwise write a suite in YAML, "queries: [{ name: recent-orders, sql: SELECT … }]", or in a .sql file with "-- name: recent-orders" above each query.',
    cause,
  });
}

/** Rejects two files that would share a baseline, such as orders.sql and orders.sql.yaml. */
function requireOwnBaselines(suites: readonly Suite[]): void {
  const byStem = new Map<string, Suite>();
  for (const suite of suites) {
    const other = byStem.get(baselineStem(suite.path));
    if (other) {
      throw new RegressError('suite', `${other.file} and ${basename(suite.file)} would have the same baseline`, {
        hint: 'Rename one of them.',
      });
    }
    byStem.set(baselineStem(suite.path), suite);
  }
}
