import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleProject, type Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { makeShop } from './shop.ts';

const server = await testServer();
const major = server?.installation.major;

describe.skipIf(server === null)('regress noise', () => {
  let project: Project;
  let production: string;
  const baseline = () => project.read(`suites/orders.pg${major}.baseline`);

  beforeAll(async () => {
    ({ project, production } = await makeShop(server as TestServer));
    await snapshots(project, production, ['snapshots/production', 'again-1', 'again-2'], 1);
    await project.edit('regress.yaml', 'target:', 'snapshot: snapshots/production\ntarget:');
    const updated = await project.regress(['update', '--all', '--reason', 'first']);
    expect(updated.status, updated.stderr).toBe(0);
  });

  test.each([
    [['again-1'], 'two or more different snapshots'],
    [['again-1', './again-1'], 'two or more different snapshots'],
    [['again-1', 'again-3'], 'again-3'],
  ])('%j is not enough', async (paths, message) => {
    const before = await baseline();
    const { status, stdout, stderr } = await project.regress(['noise', ...paths]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(await baseline()).toBe(before);
  });

  test('writes nothing in CI, unless told so', async () => {
    const before = await baseline();
    const refused = await project.regress(['noise', 'again-1', 'again-2'], { CI: 'true' });
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('baselines are not written in CI') });
    expect(await baseline()).toBe(before);
  });

  test('adds a line to each block that was measured, and nothing else', async () => {
    const before = await baseline();
    await project.edit('suites/orders.yaml', 'SELECT * FROM customers', 'SELECT id FROM customers');
    const { status, stdout, stderr } = await project.regress(['noise', 'snapshots/production', 'again-1', 'again-2']);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/2 measured on 3 snapshots, \d var(?:y|ies), 1 without a baseline or changed since$/);
    const lines = (await baseline()).split('\n');
    const noise = lines.filter((line) => line.startsWith('noise: '));
    expect(noise).toHaveLength(2);
    for (const line of noise)
      expect(line).toMatch(/^noise: cost x[\d.]+, rows x[\d.]+, 3 snapshots, shapes [0-9a-f ]+$/);
    expect(lines.filter((line) => !line.startsWith('noise: ')).join('\n')).toBe(before);
    await project.edit('suites/orders.yaml', 'SELECT id FROM customers', 'SELECT * FROM customers');
  });

  test('stays when the same plan is accepted on another snapshot, and goes with another plan', async () => {
    const noise = async () => (await baseline()).match(/^noise: /gm)?.length ?? 0;
    await project.regress(['update', '--all', '--snapshot', 'again-2']);
    expect(await noise()).toBe(2);
    await project.edit('schema.sql', 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n', '');
    await project.regress(['update', '--all']);
    expect(await noise()).toBe(1);
  });
});

const FRESH = Array.from({ length: 8 }, (_, at) => `fresh-${at}`);
/** Some figures have two values by luck; of ten samples hardly all have the same one. */
const SAME = Array.from({ length: 10 }, (_, at) => `same-${at}`);

const STRICT = [
  ['customers', 'business-customers'],
  ['orders', 'late-shipments'],
  ['orders', 'order-page-offset'],
  ['orders', 'order-history-with-archive'],
];

/** The storefront at a tenth of its size, whose statistics are from a fifth of the usual sample. */
test.skipIf(server === null)(
  'an unchanged branch never fails when the snapshot of unchanged data is refreshed eight times',
  async () => {
    const production = await smallStorefront(server as TestServer);
    const project = await exampleProject();
    await project.edit('regress.yaml', 'target:\n', `target:\n  pgConfig: ${server?.installation.pgConfig}\n`);
    // A team that is strict with a few queries, some of which cost up to half as much more by luck.
    for (const [suite, query] of STRICT) {
      const strict = `- name: ${query}\n    thresholds: { cost: { warn: 1.05, fail: 1.05 } }`;
      await project.edit(`suites/storefront/${suite}.yaml`, `- name: ${query}`, strict);
    }
    await snapshots(project, production, [...SAME, ...FRESH], 20);
    const accepted = await project.regress(['update', '--all', '--snapshot', SAME[0] as string]);
    expect(accepted.status, accepted.stderr).toBe(0);

    const withoutNoise = [];
    for (const snapshot of FRESH) withoutNoise.push(...(await failures(project, snapshot)));
    expect(withoutNoise).not.toEqual([]);

    const measured = await project.regress(['noise', ...SAME]);
    expect(measured.status, measured.stderr).toBe(0);
    for (const snapshot of FRESH) expect([snapshot, await failures(project, snapshot)]).toEqual([snapshot, []]);
  },
  900_000,
);

/** Queries whose cost made them fail; what suites expect of the whole storefront need not hold of a tenth. */
async function failures(project: Project, snapshot: string): Promise<string[]> {
  await project.regress(['check', '--snapshot', snapshot, '--reporter', 'json=result.json']);
  const { results } = JSON.parse(await project.read('result.json')) as {
    results: { query: string; case: string; findings: { code: string; severity: string }[] }[];
  };
  return results
    .filter(({ findings }) => findings.some(({ code, severity }) => severity === 'fail' && code !== 'cost-over-limit'))
    .filter(({ findings }) => findings.every(({ code }) => code !== 'index-not-used' && code !== 'forbidden-node'))
    .map(({ query, case: name }) => `${query} [${name}]`);
}

/** Takes snapshots of the same data, with an ANALYZE before each. */
async function snapshots(project: Project, production: string, names: readonly string[], target: number) {
  for (const name of names) {
    await server?.psql(production, `SET default_statistics_target = ${target}; ANALYZE;`);
    const source = (server as TestServer).url(production);
    const taken = await project.regress(['snapshot', '--source', source, '--allow-partial', '--out', name]);
    if (taken.status !== 0) throw new Error(taken.stderr);
  }
}

async function smallStorefront(on: TestServer): Promise<string> {
  const read = (file: string) => readFile(new URL(`../../docs/storefront/${file}`, import.meta.url), 'utf8');
  const rows = /\b(150000|149000|120000|250000|450000|700000|800000|70000|20000|49000|9000|1500)\b/g;
  const production = await on.createDatabase();
  await on.psql(production, await read('schema.sql'));
  await on.psql(
    production,
    (await read('fill.sql')).replace(rows, (written) => String(Number(written) / 10)),
  );
  return production;
}
