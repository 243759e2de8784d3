import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../../src/model/manifest.ts';
import type { RelationSnapshot, Snapshot } from '../../../src/model/snapshot.ts';
import { mapSnapshot } from '../../../src/predict/index.ts';
import { manifestDigest, sha256 } from '../../../src/snapshot/canonical.ts';
import { openSnapshot } from '../../../src/snapshot/index.ts';
import { columnValues } from '../../../src/suite/index.ts';
import { joinParts, splitParts, variedPart } from '../parts.ts';
import { ROOT, scratchFolder } from '../scratch.ts';
import type { Target } from '../target.ts';

const EXAMPLE = join(ROOT, 'snapshots/storefront');
const RELATION = 'relations/public/orders.json';
const CATALOG = 'catalogs/pg_catalog/pg_class.json';

const WORDS = [
  ...[
    'r',
    'p',
    'i',
    'm',
    'f',
    't',
    'S',
    'btree',
    'gin',
    'brin',
    'hash',
    'int4',
    'pg_catalog',
    'public',
    'search_path',
    'work_mem',
    'server_version',
  ],
  ...[
    '{a,b}',
    '{NULL}',
    '{}',
    '{"a,b",c}',
    '{{1},{2}}',
    '[2:3]={1,2}',
    '{1,2',
    '{"',
    '\\x00',
    'NaN',
    'Infinity',
    '-1',
    '2026-13-45',
    'CREATE INDEX a ON b (c)',
  ],
  ...[
    'relations/public/../../x.json',
    'relations/public/a.json',
    'catalogs/a/b.json',
    '/etc/passwd',
    'relations/%2E%2E/a.json',
    'manifest.json',
    'plans.json',
  ],
  ...[
    'formatVersion',
    'files',
    'catalogs',
    'plans',
    'digest',
    'settings',
    'role_settings',
    'roles',
    'tablespaces',
    'coverage',
    'unreadable',
    'transactions',
    'icu_rules',
    'slots',
    'stakind',
    'names',
  ],
];

/**
 * Snapshots: a manifest, a relation, plans and a catalog. The first part says whether digests are made to fit, so
 * that what lies behind them is reached.
 */
export function snapshots(): Target {
  const folder = scratchFolder();
  for (const file of [RELATION, CATALOG]) mkdirSync(dirname(join(folder, file)), { recursive: true });
  return {
    name: 'snapshots',
    seeds: ['orders', 'countries', 'cart_items', 'orders_id_seq'].flatMap((name) => [
      seed(name, true),
      seed(name, false),
    ]),
    words: WORDS,
    vary: variedPart(WORDS),
    run: async (input) => {
      write(folder, input);
      const snapshot = await openSnapshot(folder);
      await readAll(snapshot);
      await readAll(mapSnapshot(snapshot, new Map([['shop', 'public']])));
    },
  };
}

async function readAll(snapshot: Snapshot): Promise<void> {
  for await (const relation of snapshot.relations()) requireValues(relation);
  for await (const relation of snapshot.catalogs()) requireValues(relation);
  await snapshot.plans();
}

/** What automatic cases read of a column. */
function requireValues(relation: RelationSnapshot): void {
  for (const { attname } of relation.columns.slice(0, 5)) columnValues(relation, attname);
}

function write(folder: string, input: string): void {
  const texts = splitParts(input).map((part) => Buffer.from(part, 'latin1'));
  const [mode = '', manifest = '', relation = '', plans = '', catalog = ''] = texts;
  writeFileSync(join(folder, RELATION), relation);
  writeFileSync(join(folder, CATALOG), catalog);
  writeFileSync(join(folder, 'plans.json'), plans);
  const contents = { [RELATION]: relation, [CATALOG]: catalog, 'plans.json': plans };
  const written = mode.toString() === 'fit' ? fitted(manifest.toString(), contents) : null;
  writeFileSync(join(folder, 'manifest.json'), written ?? manifest);
}

/** The manifest with the digests of these files; null where it is no object, or too deep to be given one. */
function fitted(text: string, contents: Readonly<Record<string, string | Buffer>>): string | null {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const digests = (files: Manifest['files']) =>
      Object.fromEntries(
        Object.entries(files).map(([file, digest]) => [file, file in contents ? sha256(contents[file] ?? '') : digest]),
      );
    const fits = {
      ...manifest,
      ...('files' in manifest && { files: digests(manifest.files) }),
      ...(manifest.catalogs && { catalogs: digests(manifest.catalogs) }),
      ...(manifest.plans !== undefined && { plans: sha256(contents['plans.json'] ?? '') }),
    };
    return JSON.stringify({ ...fits, digest: manifestDigest(fits) });
  } catch {
    return null;
  }
}

/** The example with one relation, whose name is that of its file, a catalog and two plans. */
function seed(name: string, fit: boolean): string {
  const read = (file: string) => JSON.parse(readFileSync(join(EXAMPLE, file), 'utf8'));
  const whole: RelationSnapshot = read(`relations/public/${name}.json`);
  const indexes = whole.indexes.slice(0, 3).map((index) => ({ ...index, statistics: index.statistics.map(short) }));
  const part = { ...whole, relname: 'orders', statistics: whole.statistics.slice(0, 3).map(short), indexes };
  const relation = JSON.stringify(part);
  const catalog = JSON.stringify({ ...part, schemaname: 'pg_catalog', relname: 'pg_class', indexes: [] });
  const plans = JSON.stringify(read('plans.json').slice(0, 2));
  const manifest = fitted(
    JSON.stringify({ ...read('manifest.json'), files: { [RELATION]: '' }, catalogs: { [CATALOG]: '' }, plans: '' }),
    { [RELATION]: relation, [CATALOG]: catalog, 'plans.json': plans },
  );
  const parts = [fit ? 'fit' : 'raw', manifest ?? '', relation, plans, catalog];
  return joinParts(parts.map((text) => Buffer.from(text).toString('latin1')));
}

/** Statistics whose lists are short, for inputs are to be. */
function short<T extends { readonly slots: RelationSnapshot['statistics'][number]['slots'] }>(statistics: T): T {
  return { ...statistics, slots: statistics.slots.filter(({ stavalues }) => (stavalues?.length ?? 0) < 600) };
}
