import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { onExit } from '../../cleanup/index.ts';
import type { Config } from '../../config/index.ts';
import { commitsOf, fileAt, isShallow, layOutFolder, type Repository, repositoryOf } from '../../git/index.ts';
import { RegressError } from '../../model/errors.ts';
import { writing } from '../../model/file-error.ts';
import { type MappedSnapshot, measuredOn, openRunSnapshot } from '../../planning/index.ts';

/** An old snapshot, or why there is none: the end of a sentence. */
export type OldSnapshot =
  | { readonly snapshot: MappedSnapshot; readonly close: () => Promise<void> }
  | { readonly lacks: string };

interface Sources {
  readonly config: Config;
  /** --snapshot. */
  readonly snapshot: string | undefined;
  /** --baseline-snapshot. */
  readonly baselineSnapshot: string | undefined;
}

/** Finds the snapshot with which a block was accepted, by its digest: --baseline-snapshot if it is the one, or in git's history. */
export async function findOldSnapshot(digest: string, sources: Sources): Promise<OldSnapshot> {
  const { config, baselineSnapshot } = sources;
  if (baselineSnapshot !== undefined) {
    const snapshot = await openRunSnapshot(config, baselineSnapshot);
    if (measuredOn(snapshot.manifest, config.map.schemas) === digest) return { snapshot, close: async () => undefined };
  }
  const path = await realpath(resolve(sources.snapshot ?? config.snapshot));
  const repository = await repositoryOf(path).catch(() => null);
  if (repository === null) return { lacks: `its snapshot is not in git, ${orNamed(baselineSnapshot)}` };
  const folder = relative(await realpath(repository.top), path)
    .split(sep)
    .join('/');
  const commit = await commitWith(repository, folder, digest, config);
  if (commit !== null) return layOut(repository, commit, folder, config);
  const history = (await isShallow(repository)) ? 'this shallow clone (git fetch --unshallow)' : "git's history";
  return { lacks: `its snapshot is not in ${history}, ${orNamed(baselineSnapshot)}` };
}

function orNamed(baselineSnapshot: string | undefined): string {
  return baselineSnapshot === undefined
    ? 'and --baseline-snapshot is not given'
    : 'and --baseline-snapshot names another snapshot';
}

async function commitWith(
  repository: Repository,
  folder: string,
  digest: string,
  { map }: Config,
): Promise<string | null> {
  const file = `${folder}/manifest.json`;
  for (const commit of await commitsOf(repository, file)) {
    const found = digestIn(await fileAt(repository, commit, file));
    if (found !== null && measuredOn({ digest: found }, map.schemas) === digest) return commit;
  }
  return null;
}

function digestIn(manifest: string | null): string | null {
  try {
    const { digest } = JSON.parse(manifest ?? '') as { digest?: unknown };
    return typeof digest === 'string' ? digest : null;
  } catch {
    return null;
  }
}

async function layOut(repository: Repository, commit: string, folder: string, config: Config): Promise<OldSnapshot> {
  const to = await writing('an old snapshot', 'environment', () => mkdtemp(join(tmpdir(), 'regress-snapshot-')));
  const close = onExit(() => rm(to, { recursive: true, force: true }));
  const lacks = async (why: string) => {
    await close();
    return { lacks: `its snapshot, from commit ${commit.slice(0, 12)}, cannot be read: ${why}` };
  };
  if (!(await layOutFolder(repository, commit, folder, to))) return lacks('git does not have all of its files');
  try {
    return { snapshot: await openRunSnapshot(config, join(to, 'files')), close };
  } catch (error) {
    if (error instanceof RegressError) return lacks(error.message);
    await close();
    throw error;
  }
}
