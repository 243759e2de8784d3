import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../src/model/manifest.ts';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import { manifestDigest, readableJson, sha256 } from '../../src/snapshot/canonical.ts';
import { relationPath } from '../../src/snapshot/paths.ts';
import { aSnapshot } from './snapshot-builders.ts';
import { temporaryFolder } from './temp.ts';

/** What is changed of a snapshot. Results may be anything, for a forger does not keep to types. */
export interface Forgery {
  /** Gives each relation anew; it may be changed in place, and what is returned, if anything, stands for it. */
  readonly relation?: (relation: RelationSnapshot, file: string) => unknown;
  /** The same of the manifest, which has the digests of the files already; its own follows. */
  readonly manifest?: (manifest: Manifest) => unknown;
  /** Further relation files by their path. */
  readonly add?: Readonly<Record<string, unknown>>;
}

/** Changes a snapshot on disk and recomputes all digests, as any author of a pull request can. */
export async function forgeSnapshot(folder: string, { relation, manifest, add = {} }: Forgery): Promise<void> {
  const read = async (file: string) => JSON.parse(await readFile(join(folder, file), 'utf8'));
  const before = (await read('manifest.json')) as Manifest;
  const files: Record<string, string> = {};
  const write = async (file: string, content: unknown) => {
    const text = readableJson(content);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
    files[file] = sha256(text);
  };
  for (const file of Object.keys(before.files)) {
    const content = (await read(file)) as RelationSnapshot;
    await write(file, relation?.(content, file) ?? content);
  }
  for (const [file, content] of Object.entries(add)) await write(file, content);
  const content = { ...before, files };
  const changed = (manifest?.(content) ?? content) as Manifest;
  await writeFile(join(folder, 'manifest.json'), readableJson({ ...changed, digest: manifestDigest(changed) }));
}

/** Writes a snapshot of relations, whatever they hold, with digests that fit. Returns its folder. */
export async function writeForged(relations: readonly object[], manifest: object = {}): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'manifest.json'), readableJson({ ...aSnapshot([]).manifest, files: {} }));
  const named = relations.map((each, at) => {
    const { schemaname, relname } = each as { schemaname: unknown; relname: unknown };
    const isText = typeof schemaname === 'string' && typeof relname === 'string';
    return [isText ? relationPath(schemaname, relname) : `relations/public/relation-${at}.json`, each];
  });
  await forgeSnapshot(folder, {
    add: Object.fromEntries(named),
    manifest: (before) => ({ ...before, ...manifest }),
  });
  return folder;
}
