import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, loadProjects } from '../../src/config/index.ts';
import { temporaryFolder } from '../support/temp.ts';

async function write(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return join(folder, 'regress.yaml');
}

test('a project is a folder with a regress.yaml, or what would stand in one', async () => {
  const path = await write({
    'regress.yaml': `projects:
  - folder: services/shop
  - { name: books, folder: ledger }
  - name: billing
    source: { url: "\${env:BILLING}" }
    snapshot: billing/snapshot
    failOn: branch
`,
    'services/shop/regress.yaml': 'suites: queries\n',
    'ledger/regress.yaml': '',
  });
  const folder = join(path, '..');
  const { projects } = await loadProjects(path, { BILLING: 'postgresql:///billing' });
  expect(projects?.map(({ name }) => name)).toEqual(['services/shop', 'books', 'billing']);
  const [shop, , billing] = projects?.map(({ config }) => config) ?? [];
  expect(shop).toMatchObject({ folder: join(folder, 'services/shop'), project: null, base: folder, failOn: 'any' });
  expect(shop?.suites).toBe(join(folder, 'services/shop/queries'));
  expect(billing).toMatchObject({ folder, project: 'billing', base: folder, failOn: 'branch' });
  expect(billing).toMatchObject({
    source: { url: 'postgresql:///billing' },
    snapshot: join(folder, 'billing/snapshot'),
  });
  expect(await loadConfig(path, {}, 'books')).toMatchObject({ folder: join(folder, 'ledger') });
});

describe('mistakes are shown at their place', () => {
  test.each([
    ['no list', 'projects: shop\n', /:1:1: a list of projects is expected/],
    ['none', 'projects: []\n', /:1:1: projects must list at least one project/],
    ['neither name nor folder', 'projects:\n  - snapshot: a\n', /:2:5: a project needs a name, or a folder/],
    ['an unknown key', 'projects:\n  - name: a\n    snapshott: b\n', /:3:5: unknown key "snapshott" at projects\.0/],
    ['a key beside', 'failOn: any\nprojects: [{ name: a }]\n', /:1:1: "failOn" must be inside a project/],
    ['a name twice', 'projects:\n  - name: a\n  - name: a\n', /:3:5: the name a is already used by another project/],
    ['a bad name', 'projects: [{ name: "a b" }]\n', /:1:14: a name may contain only letters/],
    ['no such folder', 'projects:\n  - folder: nowhere\n', /:2:5: there is no .*nowhere\/regress\.yaml/],
    [
      'more than a folder',
      'projects:\n  - { folder: a, suites: b }\n',
      /:2:18: "suites" belongs in the regress\.yaml of a/,
    ],
    [
      'a project of a project',
      'projects:\n  - folder: nested\n',
      /nested\/regress\.yaml:1:1: the regress\.yaml of a project cannot have projects/,
    ],
    [
      'thresholds at odds',
      'projects:\n  - name: a\n    thresholds:\n      cost: { warn: 2 }\n',
      /:4:7: warn \(2\) must not be greater/,
    ],
    ['a URL', 'projects:\n  - name: a\n    source: { url: "${HOME}" }\n', /:3:15: a URL may contain \$\{env:NAME\}/],
  ])('%s', async (_, yaml, message) => {
    const path = await write({ 'regress.yaml': yaml, 'nested/regress.yaml': 'projects: [{ name: x }]\n' });
    await expect(loadProjects(path, {})).rejects.toThrow(message);
  });

  test('a project of a file that has none', async () => {
    const path = await write({ 'regress.yaml': 'suites: suites\n' });
    await expect(loadConfig(path, {}, 'shop')).rejects.toThrow('there is no project shop');
  });
});
