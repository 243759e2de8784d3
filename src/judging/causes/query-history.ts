import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { queryDigest } from '../../baseline/index.ts';
import { onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { commitsOf, fileAt, type Repository, repositoryOf } from '../../git/index.ts';
import { writing } from '../../model/file-error.ts';
import { type PlannedCase, plannedCases, type Query, type Suite } from '../../model/suite.ts';
import type { Planned } from '../../planning/index.ts';
import { loadSuites } from '../../suite/index.ts';

/** An earlier version of a query, and the way it is planned. */
export interface OldQuery {
  readonly query: Query;
  readonly planned: PlannedCase;
}

/**
 * Finds queries as they were when their baselines were accepted, in git's history of their suites. `digestOf` returns the
 * digest to look for. Null if the query did not change, if no commit has it, or without git.
 */
export function queryHistory(
  { folder }: Config,
  digestOf: (item: Planned) => string | null,
): (item: Planned) => Promise<OldQuery | null> {
  const histories = new Map<string, History>();
  return async (item) => {
    const digest = digestOf(item);
    if (digest === null || digest === item.provenance.query) return null;
    const { path } = item.suite;
    const history = histories.get(path) ?? { read: [], rest: versionsOf(folder, path) };
    histories.set(path, history);
    for await (const { queries } of replay(history)) {
      const old = queries.find(({ name }) => name === item.query.name);
      const planned = old && plannedCases(old).find((each) => queryDigest(old, each) === digest);
      if (old !== undefined && planned !== undefined) return { query: old, planned };
    }
    return null;
  };
}

/** Versions of a suite, newest first: those already read, and the rest. */
interface History {
  readonly read: Suite[];
  readonly rest: AsyncGenerator<Suite>;
}

async function* replay({ read, rest }: History): AsyncGenerator<Suite> {
  yield* read;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    read.push(next.value);
    yield next.value;
  }
}

/** A suite after each commit that changed it, newest first. Unreadable versions are left out. */
async function* versionsOf(folder: string, path: string): AsyncGenerator<Suite> {
  const repository = await repositoryOf(folder).catch(() => null);
  if (repository === null) return;
  const name = join(repository.prefix, relative(folder, path)).split(sep).join('/');
  if (name.startsWith('..')) return;
  for (const commit of await commitsOf(repository, name)) {
    const suite = await suiteAt(repository, commit, name);
    if (suite !== null) yield suite;
  }
}

async function suiteAt(repository: Repository, commit: string, file: string): Promise<Suite | null> {
  const text = await fileAt(repository, commit, file);
  if (text === null) return null;
  const folder = await writing('an old suite', 'environment', () => mkdtemp(join(tmpdir(), 'regress-suite-')));
  const remove = onExit(() => rm(folder, { recursive: true, force: true }));
  try {
    await writeFile(join(folder, basename(file)), text);
    return (await loadSuites(folder))[0] ?? null;
  } catch {
    // If this version of regress cannot read the suite, it has no query to plan.
    return null;
  } finally {
    await remove();
  }
}
