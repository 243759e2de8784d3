import { expect, test } from 'vitest';
import { sourceServer, type TestServer, testMajors, testServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const [source, ...targets] = await testMajors();
const from = await testServer(source);

test.runIf(targets.length > 0).each(targets)(
  'a rehearsal on %i compares with the baselines of the major it starts from',
  async (target) => {
    const to = (await testServer(target)) as TestServer;
    const { project } = await makeShopWithSnapshot(from as TestServer);
    expect(await project.regress(['update', '--all'])).toMatchObject({ status: 0 });
    const check = (...args: string[]) =>
      project.regress(['check', '--pg-config', to.installation.pgConfig, ...args], { CI: 'true' });

    const console = await check();
    expect(console.status, console.stdout + console.stderr).toBe(0);
    expect(console.stdout).toContain(
      `Rehearsal  the snapshot is from PostgreSQL ${source}, the plans are from ${target}: they are not production's\n`,
    );
    expect(console.stdout).toMatch(
      new RegExp(
        `compared with the baselines of PostgreSQL ${source}: 3 of 3 keep their shape, costs \\d+\\.\\d\\d to`,
      ),
    );
    const { rehearsal, results } = JSON.parse((await check('--reporter', 'json')).stdout);
    expect(rehearsal).toMatchObject({ source, target, compared: 3, sameShape: 3 });
    expect(results.map(({ baselineMajor }: { baselineMajor: number }) => baselineMajor)).toEqual([
      source,
      source,
      source,
    ]);

    await project.edit('schema.sql', 'CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n', '');
    const worse = await check('--reporter', 'json');
    expect(worse.status).toBe(1);
    const findings = JSON.parse(worse.stdout).results.flatMap((result: { findings: unknown[] }) => result.findings);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'cost-increased',
        cause: ['version'],
        detail: expect.stringContaining(`Compared with the baseline of PostgreSQL ${source}.`),
      }),
    );

    // What is accepted on the new major serves it from then on.
    expect(await project.regress(['update', '--all', '--pg-config', to.installation.pgConfig])).toMatchObject({
      status: 0,
    });
    expect(await project.read(`suites/orders.pg${target}.baseline`)).toContain('Seq Scan on public.orders');
    const accepted = await check('--reporter', 'json');
    expect(accepted.status).toBe(0);
    expect(JSON.parse(accepted.stdout).rehearsal).toMatchObject({ source, target, compared: 0, costRatio: null });
  },
);

const fourteen = await sourceServer(14);

test.skipIf(fourteen === null || from === null)('production on 14 is rehearsed on what is there', async () => {
  const { project } = await makeShopWithSnapshot(fourteen as TestServer, from as TestServer);
  const checked = await project.regress(['check']);
  expect(checked.status, checked.stdout + checked.stderr).toBe(0);
  expect(checked.stderr).toContain(`the snapshot is of PostgreSQL 14 and the target runs ${source}`);
  expect(checked.stdout).toContain(`the snapshot is from PostgreSQL 14, the plans are from ${source}`);
  expect(checked.stdout).toContain(`no baseline for PostgreSQL ${source} or 14`);
});
