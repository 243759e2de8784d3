import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegressError } from '../model/errors.ts';
import type { ProductionPlan } from '../model/production-plan.ts';
import { type Manifest, type RelationSnapshot, SNAPSHOT_FORMAT_VERSION, type Snapshot } from '../model/snapshot.ts';
import { compareCodePoints, manifestDigest, sha256 } from './canonical.ts';
import { CATALOGS_FOLDER, isRelationPath, MANIFEST_FILE, PLANS_FILE, RELATIONS_FOLDER } from './paths.ts';
import { manifestMistake, plansMistake, relationMistake } from './structure.ts';

/**
 * Opens a snapshot directory. Throws RegressError `snapshot` for one that is missing, half written, changed, or of a
 * newer format. Relation files are read, and their digests checked, only as they are asked for.
 */
export async function openSnapshot(path: string): Promise<Snapshot> {
  const manifest = await readManifest(path);
  const catalogs = manifest.catalogs ?? {};
  for (const file of Object.keys(manifest.files)) await requireFile(path, file, isRelationPath(file));
  for (const file of Object.keys(catalogs)) await requireFile(path, file, isRelationPath(file, CATALOGS_FOLDER));
  const plans = manifest.plans === undefined ? null : manifest.plans;
  return {
    path,
    manifest,
    relations: () => readRelations(path, manifest.files),
    catalogs: () => readRelations(path, catalogs),
    plans: async () => (plans === null ? null : readPlans(path, plans)),
  };
}

async function readManifest(path: string): Promise<Manifest> {
  const content = await readFile(join(path, MANIFEST_FILE), 'utf8').catch(async (error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? await missingManifest(path) : unreadableFile(path, MANIFEST_FILE, error);
  });
  const manifest = parseJson(path, MANIFEST_FILE, content);
  refuseOtherFormat(path, manifest);
  const mistake = manifestMistake(manifest);
  if (mistake !== null) throw malformed(path, MANIFEST_FILE, mistake);
  const checked = manifest as Manifest;
  if (manifestDigest(checked) !== checked.digest) throw changed(path, MANIFEST_FILE);
  return checked;
}

function refuseOtherFormat(path: string, manifest: unknown): void {
  const format = (manifest as { formatVersion?: unknown } | null)?.formatVersion;
  if (format === SNAPSHOT_FORMAT_VERSION) return;
  if (typeof format !== 'number') throw malformed(path, MANIFEST_FILE, 'formatVersion is missing');
  const newer = format > SNAPSHOT_FORMAT_VERSION;
  throw new RegressError(
    'snapshot',
    `snapshot format ${format} is ${newer ? 'newer' : 'older'} than this regress understands`,
    {
      detail: `${path} has format ${format}, this regress reads format ${SNAPSHOT_FORMAT_VERSION}.`,
      hint: newer ? 'Upgrade regress: npm install regress-pg@latest' : 'Take it again: regress snapshot',
    },
  );
}

async function requireFile(path: string, file: string, isPath: boolean): Promise<void> {
  if (!isPath) throw malformed(path, MANIFEST_FILE, `${file} is not the path of a relation`);
  await access(join(path, file)).catch((error: NodeJS.ErrnoException) => {
    throw unreadableFile(path, file, error);
  });
}

async function* readRelations(path: string, digests: Manifest['files']): AsyncGenerator<RelationSnapshot> {
  for (const file of Object.keys(digests).sort(compareCodePoints)) {
    const relation = await readVerified(path, file, digests[file], relationMistake);
    yield relation as RelationSnapshot;
  }
}

async function readPlans(path: string, digest: string): Promise<readonly ProductionPlan[]> {
  return (await readVerified(path, PLANS_FILE, digest, plansMistake)) as readonly ProductionPlan[];
}

/** The parsed content of a file whose digest is the one recorded. */
async function readVerified(
  path: string,
  file: string,
  digest: string | undefined,
  mistakeOf: (value: unknown) => string | null,
): Promise<unknown> {
  const content = await readFile(join(path, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadableFile(path, file, error);
  });
  if (sha256(content) !== digest) throw changed(path, file);
  const value = parseJson(path, file, content);
  const mistake = mistakeOf(value);
  if (mistake !== null) throw malformed(path, file, mistake);
  return value;
}

function parseJson(path: string, file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw malformed(path, file, `it is not JSON: ${(error as Error).message}`);
  }
}

const TAKE_AGAIN = 'Take it again (regress snapshot), or restore the directory from git.';

async function missingManifest(path: string): Promise<RegressError> {
  const entries = await readdir(path).catch(() => undefined);
  if (entries?.includes(RELATIONS_FOLDER) === true) {
    return new RegressError('snapshot', `the snapshot ${path} is half written`, {
      detail: `It has relations, but no ${MANIFEST_FILE}, which is written last.`,
      hint: TAKE_AGAIN,
    });
  }
  return new RegressError('snapshot', `there is no snapshot in ${path}`, {
    detail: entries === undefined ? 'The directory does not exist.' : `It has no ${MANIFEST_FILE}.`,
    hint: 'Take one: regress snapshot, with --source URL where regress.yaml names no source, or name the one there is: --snapshot DIR',
  });
}

function unreadableFile(path: string, file: string, error: NodeJS.ErrnoException): RegressError {
  const missing = error.code === 'ENOENT';
  return new RegressError('snapshot', `the snapshot ${path} ${missing ? 'is not complete' : 'cannot be read'}`, {
    detail: missing ? `${file} is missing.` : `${file}: ${error.message}.`,
    hint:
      error.code === 'EACCES'
        ? `It is its owner's alone. Run regress as the user who took it, or let the group read it: chmod -R g+rX ${path}`
        : TAKE_AGAIN,
    cause: error,
  });
}

function changed(path: string, file: string): RegressError {
  return new RegressError('snapshot', `the snapshot ${path} was changed after it was taken`, {
    detail: `The digest of ${file} is not the one recorded.`,
    hint: TAKE_AGAIN,
  });
}

function malformed(path: string, file: string, mistake: string): RegressError {
  return new RegressError('snapshot', `the snapshot ${path} is malformed`, {
    detail: `${file}: ${mistake}.`,
    hint: TAKE_AGAIN,
  });
}
