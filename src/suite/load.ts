import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RegressError } from '../model/errors.ts';
import { baselineStem, type Suite } from '../model/suite.ts';
import { selectQueries } from './patterns.ts';
import { loadScanner } from './scan.ts';
import { readSqlSuite } from './sql-suite.ts';
import { readYamlSuite } from './yaml-suite.ts';

/**
 * The suites of a folder, sorted by path: every .yaml, .yml and .sql file below it that is not hidden. With patterns, only the queries they
 * name (see selectQueries). Throws RegressError `suite` when there is none, unless they are optional, or at the first mistake with file, line,
 * column and the line; and `usage` for a pattern that names nothing.
 */
export async function loadSuites(
  folder: string,
  options: { readonly patterns?: readonly string[]; readonly optional?: boolean } = {},
): Promise<Suite[]> {
  const root = resolve(folder);
  if (options.optional && !existsSync(root)) return [];
  const paths = await suitePaths(root);
  await loadScanner();
  const suites: Suite[] = [];
  for (const path of paths) {
    const file = relative(dirname(root), path).split(sep).join('/');
    suites.push(await (path.endsWith('.sql') ? readSqlSuite(path, file) : readYamlSuite(path, file)));
  }
  requireOwnBaselines(suites);
  if (!options.optional && suites.every(({ queries }) => queries.length === 0))
    throw noSuites(root, 'No file in it holds a query.');
  return selectQueries(suites, options.patterns ?? []);
}

async function suitePaths(folder: string): Promise<string[]> {
  const paths = await filesBelow(folder, []).catch((cause: NodeJS.ErrnoException) => {
    throw noSuites(folder, cause.code === 'ENOENT' ? 'The folder does not exist.' : `${cause.message}.`, cause);
  });
  return paths.filter((path) => /\.(?:ya?ml|sql)$/.test(path)).sort((a, b) => (a < b ? -1 : 1));
}

/** Files and links to files below a folder, also through links to folders; hidden ones are left out. */
async function filesBelow(folder: string, above: readonly string[]): Promise<string[]> {
  const here = await realpath(folder);
  // A link to a folder above would never end.
  if (above.includes(here)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .map(async (entry) => {
        const path = join(folder, entry.name);
        // A link to nothing is a file that cannot be read, which is for its reader to say.
        const kind = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
        if (kind?.isDirectory()) return filesBelow(path, [...above, here]);
        return kind === null || kind.isFile() ? [path] : [];
      }),
  );
  return found.flat();
}

function noSuites(folder: string, detail: string, cause?: unknown): RegressError {
  return new RegressError('suite', `no suites in ${relative(process.cwd(), folder) || folder}`, {
    detail,
    hint: 'Where there is no regress.yaml yet: regress init. Else write one as YAML, "queries: [{ name: recent-orders, sql: SELECT … }]", or as a .sql file with "-- name: recent-orders" above each query.',
    cause,
  });
}

/** Two files that would share a baseline, such as orders.sql and orders.sql.yaml. */
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
