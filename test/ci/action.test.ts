import { access, chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commandLine, exampleProject, type Project } from '../support/project.ts';
import { testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { evaluated, injectable, type Ran, readYamlFile, runSteps, type Step } from './steps.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = await readYamlFile<Action>('action.yml');
const { steps } = action.runs;

/** The committed snapshot of the example is of 15. */
const server = await testServer(15);
const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';

test('no input is a part of a script, every script says its shell, every action its version', () => {
  expect(injectable(steps)).toEqual([]);
  expect(steps.filter(({ run, shell }) => run !== undefined && shell !== 'bash')).toEqual([]);
  expect(steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !/@v\d+$/.test(uses))).toEqual([]);
  const used = JSON.stringify(steps).match(/inputs\.[\w-]+/g) ?? [];
  expect([...new Set(used)].sort()).toEqual(
    Object.keys(action.inputs)
      .map((name) => `inputs.${name}`)
      .sort(),
  );
});

/** Programs of the runner, instead of which these note how they were called. */
const STUBS = {
  // Knows one comment once it was written.
  gh: `#!/bin/sh
echo "$*" >> "$STUBS/gh.log"
[ "$GH_TOKEN" = "${TOKEN}" ] || exit 4
[ ! -e "$STUBS/forbidden" ] || { echo 'HTTP 403: Resource not accessible by integration' >&2; exit 1; }
case "$*" in
  *--paginate*) [ ! -e "$STUBS/body" ] || printf '4711\\n4712\\n' ;;
  *) for word; do case $word in body=@*) cp "\${word#body=@}" "$STUBS/body" ;; esac; done ;;
esac
`,
  sudo: `#!/bin/sh
echo "$*" >> "$STUBS/sudo.log"
cat > /dev/null < /dev/null
`,
};

describe.skipIf(server === null)('its steps, run as scripts on the example', { timeout: 120_000 }, () => {
  let project: Project;
  let stubs: string;

  beforeAll(async () => {
    project = await exampleProject();
    stubs = project.path('.stubs');
    await mkdir(stubs);
    for (const [name, text] of Object.entries(STUBS)) {
      await writeFile(join(stubs, name), text);
      await chmod(join(stubs, name), 0o755);
    }
  });

  const note = (file: string) => readFile(join(stubs, file), 'utf8').catch(() => '');

  /** Runs the action with inputs. */
  async function run(inputs: Readonly<Record<string, string>>, github: Readonly<Record<string, unknown>> = {}) {
    const folder = await temporaryFolder();
    const summary = join(folder, 'summary.md');
    await writeFile(summary, '');
    let files = 0;
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default]);
    const given = { ...Object.fromEntries(defaults), token: TOKEN, ...inputs };
    const contexts = {
      inputs: { ...given, command: `node ${commandLine()}` },
      github: { repository: 'acme/shop', ...github },
      runner: { os: 'Linux', arch: 'X64' },
    };
    const ran = await runSteps(steps, {
      contexts,
      workspace: project.folder,
      env: {
        PATH: `${stubs}:${process.env.PATH}`,
        STUBS: stubs,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        NO_COLOR: '1',
        REGRESS_TARGET_URL: '',
        RUNNER_TEMP: folder,
        GITHUB_STEP_SUMMARY: summary,
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
    expect(await note('sudo.log'), 'what is there is not installed').toBe('');
    expect(step('Cache').with.key).toMatch(/^regress-Linux-X64-PostgreSQL-15\.\d+[\w.-]*-hash$/);
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
    expect(await note('body')).toBe(await readFile(failed.outputs.comment ?? '', 'utf8'));
    expect(await note('body')).toMatch(/^<!-- regress -->\n### ❌ regress: 1 plan got worse/);
    expect(await note('gh.log')).toContain('--method POST repos/acme/shop/issues/12/comments --field body=@');
  });

  test('the next run updates its comment', async () => {
    const clean = await run({ ...setup, arguments: 'customers-without-orders', comment: 'true' }, pullRequest);
    expect(clean.ran.at(-1)?.status).toBe(0);
    expect(await note('gh.log')).toContain('--method PATCH repos/acme/shop/issues/comments/4711 --field body=@');
    expect(await note('body')).toContain('✅ regress');
  });

  test('a comment that may not be written changes no verdict', async () => {
    await writeFile(join(stubs, 'forbidden'), '');
    const fork = await run({ ...setup, arguments: 'customers-without-orders', comment: 'true' }, pullRequest);
    expect(fork.ran.at(-1)).toMatchObject({ name: 'Verdict', status: 0 });
    expect(fork.step('Comment').log).toContain('::warning::regress could not write its comment');
    expect(
      (await run({ ...setup, arguments: 'customers-without-orders', comment: 'true' })).step('Comment').skipped,
    ).toBe(true);
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

  test('arguments are words of their own, whatever is in them', async () => {
    const hostile = '$(touch pwned) `touch pwned`; touch pwned';
    const refused = await run({ ...setup, arguments: hostile });
    expect(refused.step('Check').log).toContain(`no query matches "${hostile}"`);
    await expect(access(project.path('pwned'))).rejects.toThrow('ENOENT');
  });

  test('PostgreSQL is installed from its own repository where it is not there', async () => {
    const installed = await run({ postgres: '99' });
    expect((await note('sudo.log')).split('\n')).toEqual([
      'apt-get update',
      'apt-get install --yes --no-install-recommends postgresql-common ca-certificates',
      'tee -a /etc/postgresql-common/createcluster.conf',
      '/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
      'apt-get install --yes --no-install-recommends postgresql-99 postgresql-server-dev-99 gcc make',
      '',
    ]);
    expect(
      installed.ran.map(({ status }) => status),
      'and is looked for',
    ).toEqual([2]);
    expect((await run({ postgres: '15; id' })).ran.map(({ status }) => status)).toEqual([2]);
  });
});
