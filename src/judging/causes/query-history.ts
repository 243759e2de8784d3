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

/** A query as it once was, and the way it is planned. */
export interface OldQuery {
  readonly query: Query;
  readonly planned: PlannedCase;
}

/**
 * Finds queries as they were when their baselines were accepted, in the history of their suites: `digestOf` says by which
 * digest. Null where there is none, where git does not have it, or where there is no git.
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

/** Versions of a suite, the newest first: those that were read, and those that may still be. */
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

/** A suite as each commit that changed it left it, the newest first; those that cannot be read are left out. */
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
    // A suite that this regress cannot read holds no query to plan.
    return null;
  } finally {
    await remove();
  }
}
