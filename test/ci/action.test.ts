import { access, chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine, exampleProject, type Project } from '../support/project.ts';
import { testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { githubApi } from './github-api.ts';
import { evaluated, injectable, movable, type Ran, readYamlFile, runSteps, type Step } from './steps.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = await readYamlFile<Action>('action.yml');
const { steps } = action.runs;

/** The committed snapshot of the example is of 15. */
const server = await testServer(15);
const repository = new URL('../../', import.meta.url).pathname;
const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';

test('no input is a part of a script, every script says its shell, every action its commit', () => {
  expect(injectable(steps)).toEqual([]);
  expect(steps.filter(({ run, shell }) => run !== undefined && shell !== 'bash')).toEqual([]);
  expect(movable(steps), 'organizations that require commits look into actions, too').toEqual([]);
  const used = JSON.stringify(steps).match(/inputs\.[\w-]+/g) ?? [];
  expect([...new Set(used)].sort()).toEqual(
    Object.keys(action.inputs)
      .map((name) => `inputs.${name}`)
      .sort(),
  );
});

/** Instead of these programs of the runner, which note how they were called. */
const STUBS = {
  sudo: `#!/bin/sh
echo "sudo $*" >> "$STUBS/calls.log"
cat > /dev/null < /dev/null
`,
  'apt-get': `#!/bin/sh
echo "apt-get $*" >> "$STUBS/calls.log"
exit 100
`,
  id: `#!/bin/sh
echo "$UID_OF_RUNNER"
`,
};

describe.skipIf(server === null)('its steps, run as scripts on the example', () => {
  let project: Project;
  let stubs: string;
  const github = githubApi({ token: TOKEN, login: 'github-actions[bot]' });

  beforeAll(async () => {
    await github.start();
    project = await exampleProject();
    stubs = project.path('.stubs');
    await mkdir(stubs);
    for (const [name, text] of Object.entries(STUBS)) {
      await writeFile(join(stubs, name), text);
      await chmod(join(stubs, name), 0o755);
    }
  });
  afterAll(github.stop);

  const note = (file: string) => readFile(join(stubs, file), 'utf8').catch(() => '');

  /** Runs the action with inputs. */
  async function run(
    inputs: Readonly<Record<string, string>>,
    { event = {}, env = {} }: { readonly event?: unknown; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    const folder = await temporaryFolder();
    const summary = join(folder, 'summary.md');
    await writeFile(summary, '');
    let files = 0;
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
    const given = { ...Object.fromEntries(defaults), token: TOKEN, command: `node ${commandLine()}`, ...inputs };
    const contexts = {
      inputs: given,
      github: { event },
      runner: { os: 'Linux', arch: 'X64' },
    };
    const ran = await runSteps(steps, {
      contexts,
      workspace: project.folder,
      env: {
        STUBS: stubs,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        NO_COLOR: '1',
        REGRESS_TARGET_URL: '',
        RUNNER_TEMP: folder,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_ACTION_PATH: repository,
        GITHUB_REPOSITORY: 'acme/shop',
        ...github.urls(),
        ...env,
      },
      outputFile: async () => {
        files += 1;
        const file = join(folder, `output-${files}`);
        await writeFile(file, '');
        return file;
      },
    });
    const byId = Object.fromEntries(
      steps.flatMap(({ id }, at) => (id === undefined ? [] : [[id, { outputs: ran[at]?.outputs ?? {} }]])),
    );
    const outputs = Object.entries(action.outputs).map(([name, { value }]) => [
      name,
      evaluated(value, { ...contexts, steps: byId }),
    ]);
    const printed = ran.map(({ log }) => log).join('\n') + (await readFile(summary, 'utf8'));
    expect(printed, 'no secret is printed').not.toContain(TOKEN);
    return {
      ran,
      step: (name: string) => ran.find((one) => one.name === name) as Ran,
      outputs: Object.fromEntries(outputs) as Record<string, string>,
      summary: await readFile(summary, 'utf8'),
    };
  }

  const setup = { postgres: '15' };
  const pullRequest = { event: { pull_request: { number: 12 } } };

  test('a clean check', async () => {
    const { ran, step, outputs, summary } = await run({ ...setup, arguments: '\ncustomers-without-orders\n  \n' });
    expect(
      ran.map(({ status, skipped }) => (skipped ? 'skipped' : status)),
      step('Check').log,
    ).toEqual([...[0, 0, null, 0, null, 'skipped', 0]]);
    expect(step('PostgreSQL').outputs['pg-config']).toMatch(/^\/usr\/lib\/postgresql\/15\/bin\/pg_config$/);
    expect(step('Cache').with.key).toMatch(/^regress-Linux-X64-PostgreSQL-15\.\d+[\w.-]*-regress-\d+\.\d+\.\d+$/);
    expect(step('Artifact').with).toEqual({ name: 'regress', path: dirname(outputs.json ?? '') });
    expect(outputs).toMatchObject({ status: '0', queries: '1', failed: '0', errored: '0' });
    for (const file of [outputs.json, outputs.comment, outputs.html]) await access(file ?? '');
    expect(summary).toContain('✅ regress: the plan is as accepted');
  });

  test('a regression fails after everything was written, at the line of its query', async () => {
    const schema = await project.read('docs/storefront/schema.sql');
    const without = schema.replace(/^CREATE INDEX orders_customer_id_placed_at_idx .*\n/m, '');
    expect(without).not.toBe(schema);
    await project.write('docs/storefront/schema.sql', without);
    const failed = await run({ ...setup, arguments: 'customers-without-orders', comment: 'true' }, pullRequest);
    await project.write('docs/storefront/schema.sql', schema);
    expect(failed.ran.map(({ status }) => status)).toEqual([0, 0, null, 0, null, 0, 1]);
    expect(failed.outputs).toMatchObject({ status: '1', failed: '1' });
    expect(failed.step('Check').log).toMatch(
      /^::error file=suites\/storefront\/customers\.yaml,line=56,title=customers/m,
    );
    expect(failed.step('Check').log).toContain(' FAIL  suites/storefront/customers.yaml:56');
    expect(failed.summary).toContain('❌ regress: 1 plan got worse');
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]).toMatchObject({
      path: '/repos/acme/shop/issues/12/comments',
      body: await readFile(failed.outputs.comment ?? '', 'utf8'),
    });
    expect(github.comments[0]?.body).toMatch(/^<!-- regress -->\n### ❌ regress: 1 plan got worse/);
  });

  const comment = { ...setup, arguments: 'customers-without-orders', comment: 'true' };

  test("the next run updates its comment, and nobody else's", async () => {
    const theirs = ['mallory', 'renovate[bot]'].map((login) => github.add(12, login, '<!-- regress -->\nby hand'));
    // More than a page.
    for (let at = 0; at < 100; at++) github.add(12, 'mallory', 'LGTM', { first: true });
    const clean = await run(comment, pullRequest);
    expect(clean.ran.at(-1)?.status, clean.step('Comment').log).toBe(0);
    const ours = github.comments.filter(({ login }) => login === 'github-actions[bot]');
    expect(ours.map(({ body }) => body.split('\n')[1])).toEqual([expect.stringContaining('✅ regress')]);
    expect(theirs.map(({ body }) => body)).toEqual(Array(2).fill('<!-- regress -->\nby hand'));
  });

  test('a further use in the workflow has an artifact and a comment of its own', async () => {
    const before = github.comments.length;
    for (let run17 = 0; run17 < 2; run17++) await run({ ...comment, artifact: 'on 17 --> x' }, pullRequest);
    expect(github.comments).toHaveLength(before + 1);
    expect(github.comments.at(-1)?.body).toMatch(/^<!-- regress on_17_--__x -->\n### ✅ regress/);
  });

  test('a comment that may not be written changes no verdict', async () => {
    github.forbid();
    const fork = await run(comment, pullRequest);
    expect(fork.ran.at(-1)).toMatchObject({ name: 'Verdict', status: 0 });
    expect(fork.step('Comment').log).toMatch(
      /^::warning::regress could not write its comment: HTTP 403 Resource not accessible by integration; .*$/,
    );
    const nowhere = await run(comment, {
      ...pullRequest,
      env: { GITHUB_GRAPHQL_URL: 'http://127.0.0.1:61999/graphql' },
    });
    expect(nowhere.ran.at(-1)?.status).toBe(0);
    expect(nowhere.step('Comment').log).toMatch(/^::warning::.*ECONNREFUSED.*$/);
    expect((await run(comment)).step('Comment').skipped).toBe(true);
  });

  test('what regress could not do ends with 2, and the summary says so', async () => {
    const broken = await run({ ...setup, arguments: 'no-such-query', artifact: '', cache: 'false' });
    expect(broken.ran.map(({ status, skipped }) => (skipped ? 'skipped' : status))).toEqual([
      ...[0, 0, 'skipped', 0, 'skipped', 'skipped', 2],
    ]);
    expect(broken.step('Check').log).toContain('no query matches "no-such-query"');
    expect(broken.outputs).toMatchObject({ status: '2', queries: '', json: '' });
    expect(broken.summary).toContain('❌ regress could not do its work');
    expect(await readFile(broken.outputs.comment ?? '', 'utf8')).toMatch(/^<!-- regress -->\n### ❌/);
  });

  test('a regress that is not installed is no regression', async () => {
    // As npx ends then.
    const missing = await run({ ...setup, command: 'false' });
    expect(missing.outputs.status).toBe('2');
    expect(missing.ran.at(-1)).toMatchObject({ name: 'Verdict', status: 2 });
  });

  test('arguments are words of their own, whatever is in them', async () => {
    const hostile = '$(touch pwned) `touch pwned`; touch pwned';
    const refused = await run({ ...setup, arguments: hostile });
    expect(refused.step('Check').log).toContain(`no query matches "${hostile}"`);
    await expect(access(project.path('pwned'))).rejects.toThrow('ENOENT');
  });

  test('what the job says of PostgreSQL and of the cache holds', async () => {
    const env = { PG_CONFIG: '/no/pg_config', REGRESS_CACHE_DIR: project.path('.cache') };
    const ran = await run({ arguments: 'customers-without-orders' }, { env });
    expect(ran.step('Cache').with).toMatchObject({ path: project.path('.cache') });
    expect(ran.step('Check').log).toContain('could not run pg_config at /no/pg_config');
    const found = await run({ arguments: 'no-such-query', artifact: '' });
    expect(found.step('Cache').with.key, 'and what is found where nothing is said').toContain('PostgreSQL-');
  });

  describe('PostgreSQL that is not there', () => {
    const onRunner = (uid: string) => ({ env: { PATH: `${stubs}:${process.env.PATH}`, UID_OF_RUNNER: uid } });

    test('is installed from its own repository', async () => {
      const installed = await run({ postgres: '99' }, onRunner('1001'));
      const apt = 'sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends';
      expect((await note('calls.log')).split('\n')).toEqual([
        'sudo apt-get update',
        `${apt} postgresql-common ca-certificates`,
        'sudo tee -a /etc/postgresql-common/createcluster.conf',
        'sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
        `${apt} postgresql-99 postgresql-server-dev-99 gcc make`,
        '',
      ]);
      expect(
        installed.ran.map(({ status }) => status),
        'and is looked for',
      ).toEqual([2]);
      expect((await run({ postgres: '15; id' })).ran.map(({ status }) => status)).toEqual([2]);
    });

    test('is installed without sudo in a container, whose user is root', async () => {
      await writeFile(join(stubs, 'calls.log'), '');
      // The stand-in of apt-get fails, so that nothing of this machine is touched.
      expect((await run({ postgres: '99' }, onRunner('0'))).ran.map(({ status }) => status)).toEqual([100]);
      expect(await note('calls.log')).toBe('apt-get update\n');
    });

    test('is to be installed by hand where there is no apt-get', async () => {
      const bare = project.path('.bare');
      await mkdir(bare);
      await symlink('/bin/bash', join(bare, 'bash'));
      const macos = await run({ postgres: '99' }, { env: { PATH: bare } });
      expect(macos.ran).toMatchObject([
        { status: 2, log: expect.stringMatching(/^::error::.*name its pg_config in PG_CONFIG$/) },
      ]);
    });
  });
});
