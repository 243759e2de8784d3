import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, RelationSnapshot } from '../../src/model/snapshot.ts';
import { manifestDigest, readableJson } from '../../src/snapshot/canonical.ts';

/** Changes a snapshot on disk to that of a production in which a table, with its indexes, has so many times its rows. */
export async function growTable(snapshot: string, file: string, times: number): Promise<void> {
  const path = join(snapshot, file);
  const relation = JSON.parse(await readFile(path, 'utf8')) as RelationSnapshot;
  const grown = <T extends { pages: number | null; relpages: number; reltuples: number }>(of: T) => ({
    ...of,
    pages: of.pages === null ? null : Math.round(of.pages * times),
    relpages: Math.round(of.relpages * times),
    reltuples: Math.round(of.reltuples * times),
  });
  const text = readableJson({ ...grown(relation), indexes: relation.indexes.map(grown) });
  await writeFile(path, text);
  const manifestPath = join(snapshot, 'manifest.json');
  const manifest = JSON.parse(await readFile(manifestPath, 'utf8')) as Manifest;
  const files = { ...manifest.files, [file]: createHash('sha256').update(text).digest('hex') };
  const changed = { ...manifest, files };
  await writeFile(manifestPath, readableJson({ ...changed, digest: manifestDigest(changed) }));
}
