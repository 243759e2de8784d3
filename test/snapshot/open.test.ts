import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { writeForged } from '../support/forged-snapshot.ts';
import { aRelation, aSnapshot } from '../support/snapshot-builders.ts';
import { temporaryFolder } from '../support/temp.ts';

const RELATION = aRelation('orders', { pages: 10, relpages: 9, reltuples: 900, relallvisible: 9 });
const FILE = 'relations/public/orders.json';

const { digest: _, files: __, ...MANIFEST } = aSnapshot([], { settings: { work_mem: '4096' } }).manifest;

/** Writes a snapshot whose digests fit, whatever it holds. */
function writeSnapshot(relation: object = RELATION, change: object = {}): Promise<string> {
  return writeForged([relation], { ...MANIFEST, ...change });
}

async function replaceIn(path: string, from: string, to: string): Promise<void> {
  const content = await readFile(path, 'utf8');
  expect(content).toContain(from);
  await writeFile(path, content.replace(from, to));
}

async function readAll(folder: string): Promise<RelationSnapshot[]> {
  const snapshot = await openSnapshot(folder);
  const relations: RelationSnapshot[] = [];
  for await (const relation of snapshot.relations()) relations.push(relation);
  return relations;
}

describe('openSnapshot', () => {
  it('reads back what was written, as often as it is asked', async () => {
    const folder = await writeSnapshot();
    const snapshot = await openSnapshot(folder);
    expect(snapshot.path).toBe(folder);
    expect(snapshot.manifest).toMatchObject(MANIFEST);
    expect(await readAll(folder)).toEqual([{ ...RELATION, file: join(folder, FILE) }]);
    expect(await readAll(folder)).toEqual([{ ...RELATION, file: join(folder, FILE) }]);
  });

  it('refuses a relation file of which one byte was changed', async () => {
    const folder = await writeSnapshot();
    await replaceIn(join(folder, FILE), '"relpages": 9', '"relpages": 8');
    await expect(readAll(folder)).rejects.toMatchObject({
      code: 'snapshot',
      message: `the snapshot ${folder} was changed after it was taken`,
      detail: `The digest of ${FILE} is not the one recorded.`,
    });
  });

  it('refuses a manifest of which one byte was changed', async () => {
    const folder = await writeSnapshot();
    await replaceIn(join(folder, 'manifest.json'), '"4096"', '"4097"');
    await expect(openSnapshot(folder)).rejects.toMatchObject({
      code: 'snapshot',
      detail: 'The digest of manifest.json is not the one recorded.',
    });
  });

  it('refuses a newer format before it looks at anything else', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'manifest.json'), '{"formatVersion": 2, "unheard": "of"}');
    await expect(openSnapshot(folder)).rejects.toMatchObject({
      code: 'snapshot',
      message: 'snapshot format 2 is newer than this regress understands',
      hint: 'Upgrade regress: npm install regress-pg@latest',
    });
  });

  it('recognizes a half written snapshot', async () => {
    const folder = await writeSnapshot();
    await rm(join(folder, 'manifest.json'));
    await expect(openSnapshot(folder)).rejects.toMatchObject({
      code: 'snapshot',
      message: `the snapshot ${folder} is half written`,
    });
  });

  it('names the relation file that is missing at once', async () => {
    const folder = await writeSnapshot();
    await rm(join(folder, FILE));
    await expect(openSnapshot(folder)).rejects.toMatchObject({
      code: 'snapshot',
      message: `the snapshot ${folder} is not complete`,
      detail: `${FILE} is missing.`,
    });
  });

  it('says that nothing is there', async () => {
    const folder = await temporaryFolder();
    await expect(openSnapshot(folder)).rejects.toMatchObject({ detail: 'It has no manifest.json.' });
    await expect(openSnapshot(join(folder, 'none'))).rejects.toMatchObject({ detail: 'The directory does not exist.' });
  });

  it.each(['../outside.json', 'relations/../../outside.json', '/etc/passwd'])(
    'does not follow a manifest to %s',
    async (path) => {
      const folder = await writeSnapshot(RELATION, { files: { [path]: '0' } });
      await expect(openSnapshot(folder)).rejects.toMatchObject({
        code: 'snapshot',
        detail: `manifest.json: ${path} is not the path of a relation.`,
      });
    },
  );

  it.each([
    [{ reltuples: 'many' }, '.reltuples is not a number'],
    [{ columns: [{ attname: 'id' }] }, '.columns[0].type is not text'],
    [{ statistics: null }, '.statistics is not a list'],
    [{ indexes: [3] }, '.indexes[0] is not an object'],
  ])('refuses a relation with %j', async (change, mistake) => {
    const folder = await writeSnapshot({ ...RELATION, ...change });
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'snapshot', detail: `${FILE}: ${mistake}.` });
  });

  it.each([
    [{ values: 'yes' }, '.values is not true or false'],
    [{ settings: { work_mem: 4096 } }, '.settings.work_mem is not text'],
    [{ formatVersion: '1' }, 'formatVersion is missing'],
  ])('refuses a manifest with %j', async (change, mistake) => {
    const folder = await writeSnapshot(RELATION, change);
    await expect(openSnapshot(folder)).rejects.toMatchObject({
      code: 'snapshot',
      detail: `manifest.json: ${mistake}.`,
    });
  });
});
