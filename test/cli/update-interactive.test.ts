import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Project } from '../support/project.ts';
import { type TestServer, testServer } from '../support/servers.ts';
import { type Answer, hasTerminals, NO_TERMINAL, regressInTerminal } from '../support/terminal.ts';
import { makeShopWithSnapshot } from './shop.ts';

const server = await testServer();
const terminal = await hasTerminals();
const BASELINE = `suites/orders.pg${server?.installation.major}.baseline`;
const ENV = { CI: '', NO_COLOR: '1', REGRESS_TARGET_URL: '', REGRESS_SOURCE_URL: '' };

describe.skipIf(server === null)('update --interactive', () => {
  let project: Project;
  let accepted: string;

  beforeAll(async () => {
    ({ project } = await makeShopWithSnapshot(server as TestServer));
    const first = await project.regress(['update', '--all', '--reason', 'first']);
    expect(first.status, first.stderr).toBe(0);
    accepted = await project.read(BASELINE);
    // One query changes by its schema, two by their texts; order-by-id stays as it is.
    await project.edit('schema.sql', 'CREATE INDEX', '-- CREATE INDEX');
    await project.edit('suites/orders.yaml', 'FROM customers ORDER BY email', 'FROM customers ORDER BY id');
    await project.write(
      'suites/orders.yaml',
      `${await project.read('suites/orders.yaml')}  - name: newcomers\n    sql: SELECT id FROM customers WHERE id > 400\n`,
    );
    const checked = await project.regress(['check', '--reporter', 'json=results.json']);
    expect(checked.status).toBe(1);
  });

  beforeEach(() => project.write(BASELINE, accepted));

  const interactively = (answers: readonly Answer[], args = '') =>
    regressInTerminal(project, `update --interactive ${args}`, answers, ENV);

  /** Reason of each block that the file has. */
  const reasons = async () =>
    Object.fromEntries(
      (await project.read(BASELINE)).split(/^(?=query: )/m).flatMap((block) => {
        const name = /^query: (.+)$/m.exec(block)?.[1];
        return name === undefined ? [] : [[name, /^reason: (.+)$/m.exec(block)?.[1] ?? '']];
      }),
    );

  test('asks of each query that changed, and accepts what is answered', async ({ skip }) => {
    skip(!terminal, NO_TERMINAL);
    const outcome = await interactively([
      ['orders-of-customer: accept? (1 of 3)', 'r'],
      ['Why is the change to orders-of-customer wanted?', 'it is rare', '\r'],
      ['all-customers: accept? (2 of 3)', 'n'],
      ['newcomers: accept? (3 of 3)', 'y'],
    ]);
    expect(outcome.exitCode, outcome.stdout).toBe(0);
    expect(outcome.stdout).toMatch(
      /changed {2}suites\/orders\.yaml:\d+ {2}orders-of-customer \[some\] {2}cost [\d.]+ → /,
    );
    expect(outcome.stdout).toContain('Bitmap Index Scan on orders_customer_id_idx');
    expect(outcome.stdout, 'a new plan is shown too').toMatch(
      / new {2}.+ newcomers {2}cost [\d.]+[\s\S]+Scan using customers_pkey/,
    );
    expect(outcome.stdout).toContain('2 accepted, 1 left, 1 as before');
    expect(await reasons()).toEqual({
      'orders-of-customer': 'it is rare',
      'all-customers': 'first',
      'order-by-id': 'first',
      newcomers: '',
    });
    const left = /query: all-customers\n[\s\S]+?(?=\nquery: )/.exec(accepted)?.[0] ?? 'none';
    expect(await project.read(BASELINE)).toContain(left.trim());
  });

  test('accepts all that follow, for the reason that was given', async ({ skip }) => {
    skip(!terminal, NO_TERMINAL);
    const answers: Answer[] = [['orders-of-customer: accept? (1 of 3)', 'a']];
    const outcome = await interactively(answers, "--reason 'new texts'");
    expect(outcome.exitCode, outcome.stdout).toBe(0);
    expect(outcome.stdout, 'the others are shown').toContain('  newcomers  cost');
    expect(outcome.stdout).toContain('3 accepted, 1 as before');
    expect((await reasons())['all-customers']).toBe('new texts');
  });

  test('q leaves what follows, from stored results too', async ({ skip }) => {
    skip(!terminal, NO_TERMINAL);
    const outcome = await interactively(
      [
        ['orders-of-customer: accept? (1 of 3)', 'y'],
        ['all-customers: accept? (2 of 3)', 'q'],
      ],
      '--from results.json',
    );
    expect(outcome.exitCode, outcome.stdout).toBe(0);
    expect(outcome.stdout).toContain('1 accepted, 2 left, 1 as before');
    expect(Object.keys(await reasons())).not.toContain('newcomers');
  });

  test('Ctrl-C writes nothing, whatever was answered', async ({ skip }) => {
    skip(!terminal, NO_TERMINAL);
    const outcome = await interactively([
      ['orders-of-customer: accept? (1 of 3)', 'y'],
      ['all-customers: accept? (2 of 3)', '\x03'],
    ]);
    expect(outcome.exitCode, outcome.stdout).toBe(130);
    expect(outcome.stdout).toContain('nothing was written');
    expect(await project.read(BASELINE)).toBe(accepted);
  });

  test('asks nothing where nothing changed', async ({ skip }) => {
    skip(!terminal, NO_TERMINAL);
    const outcome = await interactively([], 'order-by-id');
    expect(outcome.exitCode, outcome.stdout).toBe(0);
    expect(outcome.stdout).toContain('0 accepted, 1 as before');
  });

  test.each([
    [['--interactive'], {}, '--interactive needs a terminal'],
    [['--interactive', '--all'], {}, '--all and --interactive cannot be used together'],
    [['--interactive'], { CI: 'true' }, 'baselines are not written in CI'],
  ])('refuses %j in %j', async (args, env, message) => {
    const outcome = await project.regress(['update', ...args], env);
    expect(outcome).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(await project.read(BASELINE)).toBe(accepted);
  });
});
