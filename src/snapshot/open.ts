import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError, type ProjectFolders, projectFoldersOf, readText } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import { type Manifest, SNAPSHOT_FORMAT_VERSION } from '../model/manifest.ts';
import type { ProductionPlan } from '../model/plans/production-plan.ts';
import type { RelationSnapshot, Snapshot } from '../model/snapshot.ts';
import { parseJson } from '../model/text/json.ts';
import { compareCodePoints, manifestDigest, sha256 } from './canonical.ts';
import { manifestMistake } from './manifest-structure.ts';
import {
  CATALOGS_FOLDER,
  isRelationPath,
  MANIFEST_FILE,
  MAX_MANIFEST,
  PLANS_FILE,
  RELATIONS_FOLDER,
  relationPath,
} from './paths.ts';
import { plansMistake } from './plans-structure.ts';
import { relationMistake } from './relation-structure.ts';
import { withoutStrangeSettings } from './strange-settings.ts';

/**
 * Opens a snapshot directory. Throws RegressError `snapshot` for one that is missing, half written, changed, or of another
 * format. Relation files are read, and their digests checked, only when `relations` or `catalogs` reaches them.
 */
export async function openSnapshot(path: string): Promise<Snapshot> {
  const at = { path, within: projectFoldersOf(path) };
  const { manifest, strangeSettings } = withoutStrangeSettings(await readManifest(at), join(path, MANIFEST_FILE));
  const catalogs = manifest.catalogs ?? {};
  for (const file of Object.keys(manifest.files)) await requireFile(path, file, isRelationPath(file));
  for (const file of Object.keys(catalogs)) await requireFile(path, file, isRelationPath(file, CATALOGS_FOLDER));
  const plans = manifest.plans === undefined ? null : manifest.plans;
  return {
    path,
    manifest,
    strangeSettings,
    relations: () => readRelations(at, manifest.files, RELATIONS_FOLDER),
    catalogs: () => readRelations(at, catalogs, CATALOGS_FOLDER),
    plans: async () => (plans === null ? null : readPlans(at, plans)),
  };
}

/** The directory of a snapshot, and the bounds that its files must not lead out of. */
interface Place {
  readonly path: string;
  readonly within: ProjectFolders;
}

/** Bytes that are read of a file. Statistics with the greatest target on a hundred wide columns have fewer. */
const MAX_FILE = 256 * 1024 * 1024;
const MAX_FILES = 100_000;

async function readManifest({ path, within }: Place): Promise<Manifest> {
  const limits = { within, limit: MAX_MANIFEST };
  const content = await readText(join(path, MANIFEST_FILE), limits).catch(async (error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? await missingManifest(path) : unreadableFile(path, MANIFEST_FILE, error);
  });
  const manifest = jsonOf(path, MANIFEST_FILE, content);
  refuseOtherFormat(path, manifest);
  const mistake = manifestMistake(manifest);
  if (mistake !== null) throw malformed(path, MANIFEST_FILE, mistake);
  const checked = manifest as Manifest;
  const files = Object.keys(checked.files).length + Object.keys(checked.catalogs ?? {}).length;
  if (files > MAX_FILES) throw malformed(path, MANIFEST_FILE, `it names ${files} files; the limit is ${MAX_FILES}`);
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
    `snapshot format ${format} is ${newer ? 'newer' : 'older'} than this version of regress reads`,
    {
      detail: `${path} has format ${format}; this version of regress reads format ${SNAPSHOT_FORMAT_VERSION}.`,
      hint: newer ? 'Upgrade regress: npm install regress-pg@latest' : 'Take it again: npx regress-pg snapshot',
    },
  );
}

async function requireFile(path: string, file: string, isPath: boolean): Promise<void> {
  if (!isPath) throw malformed(path, MANIFEST_FILE, `${file} is not the path of a relation`);
  await access(join(path, file)).catch((error: NodeJS.ErrnoException) => {
    throw unreadableFile(path, file, error);
  });
}

async function* readRelations(
  at: Place,
  digests: Manifest['files'],
  folder: typeof RELATIONS_FOLDER | typeof CATALOGS_FOLDER,
): AsyncGenerator<RelationSnapshot> {
  for (const file of Object.keys(digests).sort(compareCodePoints)) {
    const relation = (await readVerified(at, file, digests[file], relationMistake)) as RelationSnapshot;
    // So no two files are about the same relation.
    if (relationPath(relation.schemaname, relation.relname, folder) !== file)
      throw malformed(at.path, file, 'it is about another relation than its path says');
    yield { ...relation, file: join(at.path, file) };
  }
}

async function readPlans(at: Place, digest: string): Promise<readonly ProductionPlan[]> {
  return (await readVerified(at, PLANS_FILE, digest, plansMistake)) as readonly ProductionPlan[];
}

/** The parsed content of a file. Throws RegressError `snapshot` unless its digest is the recorded one. */
async function readVerified(
  { path, within }: Place,
  file: string,
  digest: string | undefined,
  mistakeOf: (value: unknown) => string | null,
): Promise<unknown> {
  const content = await readText(join(path, file), { within, limit: MAX_FILE }).catch(
    (error: NodeJS.ErrnoException) => {
      throw unreadableFile(path, file, error);
    },
  );
  if (sha256(content) !== digest) throw changed(path, file);
  const value = jsonOf(path, file, content);
  const mistake = mistakeOf(value);
  if (mistake !== null) throw malformed(path, file, mistake);
  return value;
}

function jsonOf(path: string, file: string, content: string): unknown {
  try {
    return parseJson(content);
  } catch (error) {
    throw malformed(path, file, `it is not JSON: ${(error as Error).message}`);
  }
}

const TAKE_AGAIN = 'Take it again (npx regress-pg snapshot), or restore the directory from git.';

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
    hint: 'Take one: npx regress-pg snapshot (with --source URL if regress.yaml names no source). If there is one elsewhere, name it: --snapshot DIR',
  });
}

function placeOf(error: unknown): string {
  if (!(error instanceof FileError) || error.place === null) return '';
  return `, in line ${error.place.line} at column ${error.place.column}`;
}

function unreadableFile(path: string, file: string, error: NodeJS.ErrnoException): RegressError {
  const missing = error.code === 'ENOENT';
  return new RegressError('snapshot', `the snapshot ${path} ${missing ? 'is not complete' : 'cannot be read'}`, {
    detail: missing ? `${file} is missing.` : `${file}: ${error.message}${placeOf(error)}.`,
    hint:
      error.code === 'EACCES'
        ? `Only its owner may read it. Run regress as the user who took it, or let the group read it: chmod -R g+rX ${path}`
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
