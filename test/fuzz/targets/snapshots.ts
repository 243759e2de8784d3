import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { columnValues } from '../../../src/cases/index.ts';
import { mapSnapshot } from '../../../src/mapping/index.ts';
import type { Manifest, RelationSnapshot, Snapshot } from '../../../src/model/snapshot.ts';
import { manifestDigest, sha256 } from '../../../src/snapshot/canonical.ts';
import { openSnapshot } from '../../../src/snapshot/index.ts';
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
 * Snapshots: a manifest, a relation (also as a catalog) and plans. The first part says whether digests are made to fit, so
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
  const [mode = '', manifest = '', relation = '', plans = ''] = splitParts(input).map((part) =>
    Buffer.from(part, 'latin1'),
  );
  writeFileSync(join(folder, RELATION), relation);
  writeFileSync(join(folder, CATALOG), relation);
  writeFileSync(join(folder, 'plans.json'), plans);
  const written = mode.toString() === 'fit' ? fitted(manifest.toString(), relation.toString(), plans.toString()) : null;
  writeFileSync(join(folder, 'manifest.json'), written ?? manifest);
}

/** The manifest with the digests of these files; null where it is no object, or too deep to be given one. */
function fitted(text: string, relation: string, plans: string): string | null {
  try {
    const manifest = JSON.parse(text) as Manifest;
    const { files, catalogs } = manifest;
    const fits = {
      ...manifest,
      ...(RELATION in files && { files: { ...files, [RELATION]: sha256(relation) } }),
      ...(catalogs && CATALOG in catalogs && { catalogs: { ...catalogs, [CATALOG]: sha256(relation) } }),
      ...(manifest.plans !== undefined && { plans: sha256(plans) }),
    };
    return JSON.stringify({ ...fits, digest: manifestDigest(fits) });
  } catch {
    return null;
  }
}

/** The example with one relation and two plans. */
function seed(name: string, fit: boolean): string {
  const read = (file: string) => JSON.parse(readFileSync(join(EXAMPLE, file), 'utf8'));
  const manifest: Manifest = read('manifest.json');
  const relation: RelationSnapshot = read(`relations/public/${name}.json`);
  const [statistics, indexes] = [relation.statistics.slice(0, 3).map(short), relation.indexes.slice(0, 3)];
  const part = JSON.stringify({
    ...relation,
    statistics,
    indexes: indexes.map((index) => ({ ...index, statistics: index.statistics.map(short) })),
  });
  const plans = JSON.stringify(read('plans.json').slice(0, 2));
  const whole = {
    ...manifest,
    files: { [RELATION]: sha256(part) },
    catalogs: { [CATALOG]: sha256(part) },
    plans: sha256(plans),
  };
  return joinParts(
    [fit ? 'fit' : 'raw', JSON.stringify({ ...whole, digest: manifestDigest(whole) }), part, plans].map((text) =>
      Buffer.from(text).toString('latin1'),
    ),
  );
}

/** Statistics whose lists are short, for inputs are to be. */
function short<T extends { readonly slots: RelationSnapshot['statistics'][number]['slots'] }>(statistics: T): T {
  return { ...statistics, slots: statistics.slots.filter(({ stavalues }) => (stavalues?.length ?? 0) < 600) };
}
