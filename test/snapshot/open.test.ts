import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RelationSnapshot } from '../../src/model/snapshot.ts';
import { openSnapshot } from '../../src/snapshot/index.ts';
import { forgeSnapshot, writeForged } from '../support/forged-snapshot.ts';
import {
  aColumn,
  anIndex,
  aRelation,
  aSnapshot,
  columnStatistics,
  statisticsObject,
} from '../support/snapshot-builders.ts';
import { temporaryFolder } from '../support/temp.ts';

const RELATION = aRelation('orders', { pages: 10, relpages: 9, reltuples: 900, relallvisible: 9 });
const FILE = 'relations/public/orders.json';

const { digest: _, files: __, ...MANIFEST } = aSnapshot([], { settings: { work_mem: '4096' } }).manifest;

const ofColumn = (change: object) => ({ statistics: [{ ...columnStatistics('id', []), ...change }] });
const ofKind = (stakind: number) => ({
  stakind,
  staop: null,
  stacoll: null,
  stanumbers: null,
  stavalues: null,
  elemtype: null,
});
const ofIndex = (change: object) => ({ indexes: [{ ...anIndex('i'), ...change }] });
/** Columns of which no one is too wide, and all together are. */
const WIDE = ['a', 'b', 'c'];
const WIDE_COLUMN = { inherited: false, null_frac: 0, avg_width: 700_000_000, n_distinct: -1, slots: [] };
const WIDE_MISTAKE = '.statistics has widths that add up to more than 1073741823 bytes';
const ofObject = (change: object) => {
  const data = { inherited: false, ndistinct: null, dependencies: null, mcv: null, expressions: null, ...change };
  return { extended_statistics: [statisticsObject('st', '', ['a', 'b'], [data])] };
};
const GIN = { nPendingPages: 0, nTotalPages: 9, nEntryPages: 4, nDataPages: 4, nEntries: 90 };
const STRAY = '.extended_statistics[0].data[0].';
const UNKNOWN = '.attributes names a column that is not in .columns';
const MOMENT = '.capturedAt is not a time in UTC, such as 2026-01-02T03:04:05.678901+00';

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

  it('leaves out the settings that no snapshot reads, and names them with their file', async () => {
    const strange = { log_statement: 'all', 'plperl.on_init': 'x', Statement_Timeout: '5' };
    const folder = await writeSnapshot(RELATION, {
      settings: { work_mem: '4096', 'pg_trgm.similarity_threshold': '0.4', ...strange },
      role_settings: [{ role: 'app', database: false, settings: { work_mem: '1MB', client_encoding: 'SJIS' } }],
    });
    const { manifest, strangeSettings } = await openSnapshot(folder);
    expect(manifest.settings).toEqual({ work_mem: '4096', 'pg_trgm.similarity_threshold': '0.4' });
    expect(manifest.role_settings).toEqual([{ role: 'app', database: false, settings: { work_mem: '1MB' } }]);
    const file = join(folder, 'manifest.json');
    expect(strangeSettings).toEqual([
      ...Object.entries(strange)
        .map(([name, value]) => ({ name, value, role: null, file }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      { name: 'client_encoding', value: 'SJIS', role: 'app', file },
    ]);
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
      message: 'snapshot format 2 is newer than this version of regress reads',
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
    [{ pages: 1.5 }, '.pages is not a whole number'],
    [{ pages: 1e300 }, '.pages is not between 0 and 4294967295'],
    [{ pages: -1 }, '.pages is not between 0 and 4294967295'],
    [{ relpages: 2 ** 31 }, '.relpages is not between -1 and 2147483647'],
    [{ reltuples: null }, '.reltuples is not a number'],
    [{ reltuples: -2 }, '.reltuples is not between -1 and 3.4028235e+38'],
    [{ reltuples: 1e300 }, '.reltuples is not between -1 and 3.4028235e+38'],
    [{ relallvisible: 0.5 }, '.relallvisible is not a whole number'],
    [{ relkind: 'v' }, '.relkind is not one of r, p, m, f, S'],
    [{ reloptions: 'fillfactor=70' }, '.reloptions is not a list'],
    [{ inherits: [null] }, '.inherits[0] is not text'],
    [{ partition_bound: 7 }, '.partition_bound is not text'],
    [{ partition_key: 'a\0b' }, '.partition_key holds a character that PostgreSQL refuses'],
    [{ columns: [aColumn('id', 'integer\ud800')] }, '.columns[0].type holds a character that PostgreSQL refuses'],
    [{ columns: [aColumn('id', 'integer'), aColumn('id', 'text')] }, '.columns[1] is a duplicate'],
    [{ columns: [aColumn('', 'integer')] }, '.columns[0].attname is empty'],
    [ofColumn({ null_frac: 1.5 }), '.statistics[0].null_frac is not between 0 and 1'],
    [ofColumn({ avg_width: -1 }), '.statistics[0].avg_width is not between 0 and 1073741823'],
    [{ statistics: WIDE.map((attname) => ({ attname, ...WIDE_COLUMN })) }, WIDE_MISTAKE],
    [ofIndex({ statistics: WIDE.map((_, i) => ({ attnum: i + 1, ...WIDE_COLUMN })) }), `.indexes[0]${WIDE_MISTAKE}`],
    [ofColumn({ n_distinct: -2 }), '.statistics[0].n_distinct is not between -1 and 3.4028235e+38'],
    [ofColumn({ slots: [ofKind(0)] }), '.statistics[0].slots[0].stakind is not between 1 and 32767'],
    [ofColumn({ slots: [1, 2, 3, 4, 5, 6].map(ofKind) }), '.statistics[0].slots has more than 5 items'],
    [{ statistics: [columnStatistics('id', []), columnStatistics('id', [])] }, '.statistics[1] is a duplicate'],
    [ofIndex({ ordinal: -1e10 }), '.indexes[0].ordinal is not between 1 and 2147483647'],
    [ofIndex({ tree_height: -1 }), '.indexes[0].tree_height is not between 0 and 2147483647'],
    [ofIndex({ tree_height: 0.5 }), '.indexes[0].tree_height is not a whole number'],
    [ofIndex({ brin_revmap_pages: 1e10 }), '.indexes[0].brin_revmap_pages is not between 0 and 4294967295'],
    [ofIndex({ gin: { ...GIN, nEntries: 1e308 } }), '.indexes[0].gin.nEntries is not between 0 and 9007199254740991'],
    [ofIndex({ gin: { ...GIN, nDataPages: -1 } }), '.indexes[0].gin.nDataPages is not between 0 and 4294967295'],
    [ofIndex({ range: { min: { value: 3 }, max: { value: null } } }), '.indexes[0].range.min.value is not text'],
    [{ indexes: [anIndex('i'), anIndex('i')] }, '.indexes[1] is a duplicate'],
    [ofObject({ ndistinct: [{ attributes: ['a', 'z'], ndistinct: 1 }] }), `${STRAY}ndistinct[0]${UNKNOWN}`],
    [ofObject({ dependencies: [{ attributes: ['z', 'a'], degree: 1 }] }), `${STRAY}dependencies[0]${UNKNOWN}`],
    [{ relname: 'other' }, 'it is about another relation than its path says'],
  ])('refuses a relation with %j', async (change, mistake) => {
    const folder = await writeSnapshot();
    await forgeSnapshot(folder, { relation: (relation) => ({ ...relation, ...change }) });
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'snapshot', detail: `${FILE}: ${mistake}.` });
  });

  it.each([
    [{ values: 'yes' }, '.values is not true or false'],
    [{ settings: { work_mem: 4096 } }, '.settings.work_mem is not text'],
    [{ formatVersion: '1' }, 'formatVersion is missing'],
    [{ capturedAt: '2026-13-45' }, MOMENT],
    [{ capturedAt: '2026-02-30T00:00:00+00' }, MOMENT],
    [{ capturedAt: `2026-01-02T03:04:05+00'; SELECT 1` }, MOMENT],
    [
      { server: { ...MANIFEST.server, block_size: 1000 } },
      '.server.block_size is not one of 1024, 2048, 4096, 8192, 16384, 32768',
    ],
    [{ server: { ...MANIFEST.server, server_version_num: 15.5 } }, '.server.server_version_num is not a whole number'],
    [{ settings: { 'work\0mem': '1' } }, '.settings.work\0mem holds a character that PostgreSQL refuses'],
    [{ tablespaces: { fast: 'random_page_cost=1' } }, '.tablespaces.fast is not a list'],
  ])('refuses a manifest with %j', async (change, mistake) => {
    const folder = await writeSnapshot(RELATION, change);
    await expect(openSnapshot(folder)).rejects.toMatchObject({
      code: 'snapshot',
      detail: `manifest.json: ${mistake}.`,
    });
  });
});
