import { access, chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandLine, emptyProject, exampleProject, type Project } from '../support/project.ts';
import { testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { injectable, runSteps, type Step } from './steps.ts';

interface GithubJob {
  readonly env: Readonly<Record<string, string>>;
  readonly defaults?: { readonly run: { readonly 'working-directory': string } };
  readonly steps: readonly Step[];
}

interface GitlabJob {
  readonly variables: Readonly<Record<string, string>>;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: { readonly junit: string }; readonly paths: readonly string[] };
}

const githubJob = (text: string) => (parse(text) as { jobs: { plans: GithubJob } }).jobs.plans;
const gitlabJob = (text: string) => (parse(text) as { plans: GitlabJob }).plans;

async function initiated(options: readonly string[], prepare?: (project: Project) => Promise<unknown>) {
  const project = await emptyProject();
  await prepare?.(project);
  const outcome = await project.regress(['init', ...options]);
  expect(outcome.status, outcome.stderr).toBe(0);
  return { project, stdout: outcome.stdout };
}

/** The committed snapshot of the example is of 15. */
const server = await testServer(15);

/** Programs of the machine, instead of which these stand; `npx` and `npm` of a project in which regress is installed. */
async function example(): Promise<{ project: Project; env: Record<string, string> }> {
  const project = await exampleProject();
  await mkdir(project.path('.bin'));
  const programs = {
    npx: `[ "$1 $2" = '--no-install regress-pg' ] || exit 99\nshift 2\nexec '${process.execPath}' '${commandLine()}' "$@"`,
    npm: '[ "$*" = ci ]',
    sudo: 'echo "$*" >> "$STUBS/sudo.log"',
  };
  for (const [name, text] of Object.entries(programs)) {
    await project.write(`.bin/${name}`, `#!/bin/sh\n${text}\n`);
    await chmod(project.path(`.bin/${name}`), 0o755);
  }
  const env = {
    PATH: `${project.path('.bin')}:${process.env.PATH}`,
    STUBS: project.path('.bin'),
    PG_CONFIG: server?.installation.pgConfig ?? '',
    CI: 'true',
    NO_COLOR: '1',
    REGRESS_TARGET_URL: '',
  };
  return { project, env };
}

/** A PATH with node and nothing else. */
async function withoutGit(): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(process.execPath, join(folder, 'node'));
  return folder;
}

async function dropIndex(project: Project): Promise<void> {
  const index = 'CREATE INDEX orders_customer_id_placed_at_idx';
  await project.edit('docs/storefront/schema.sql', index, `-- ${index}`);
}

describe('which job init writes', () => {
  const forge = (...urls: string[]) => {
    return async ({ folder }: Project) => {
      await execa('git', ['init', '--quiet'], { cwd: folder });
      for (const [at, url] of urls.entries())
        await execa('git', ['remote', 'add', at === 0 ? 'origin' : `other${at}`, url], { cwd: folder });
    };
  };
  const has = (project: Project, file: string) =>
    access(project.path(file)).then(
      () => true,
      () => false,
    );

  test.each([
    ['a repository pushed to GitHub', forge('git@github.com:acme/shop.git'), '.github/workflows/regress.yml'],
    ['one pushed to a GitLab', forge('https://gitlab.acme.example/shop.git'), '.gitlab-ci.yml'],
    [
      'a folder with workflows',
      ({ folder }: Project) => mkdir(`${folder}/.github/workflows`, { recursive: true }),
      '.github/workflows/regress.yml',
    ],
  ])('%s', async (_, prepare, file) => {
    const { project, stdout } = await initiated([], prepare);
    expect(stdout).toContain(`wrote ${file}\n`);
    expect(await has(project, file)).toBe(true);
  });

  test.each([
    ['a folder that tells nothing', [], undefined],
    ['a repository pushed elsewhere', [], forge('git@example.org:shop.git')],
    ['where none is wanted', ['--no-workflow'], forge('git@github.com:acme/shop.git')],
  ])('none: %s', async (_, options, prepare) => {
    const { project } = await initiated(options, prepare);
    expect(await has(project, '.github')).toBe(false);
    expect(await has(project, '.gitlab-ci.yml')).toBe(false);
  });

  test('none, and no error, on a machine without git', async () => {
    const project = await emptyProject();
    const outcome = await project.regress(['init'], { PATH: await withoutGit() });
    expect(outcome.status, outcome.stderr).toBe(0);
    expect(await has(project, 'regress.yaml')).toBe(true);
  });

  test('beside jobs that are there, one to be included', async () => {
    const { project, stdout } = await initiated([], (made) => made.write('.gitlab-ci.yml', 'test: {}\n'));
    expect(await project.read('.gitlab-ci.yml')).toBe('test: {}\n');
    expect(gitlabJob(await project.read('regress.gitlab-ci.yml')).script).toHaveLength(1);
    expect(stdout).toContain('Next:\n  add the steps that build the schema');
    expect(stdout).toContain('  add to .gitlab-ci.yml: include: regress.gitlab-ci.yml\n');
  });

  test('of a folder of the repository: the job stands at the top, and works there', async () => {
    const top = await emptyProject();
    await forge()(top);
    await mkdir(top.path('services/my shop'), { recursive: true });
    const inside = { cwd: top.path('services/my shop'), env: { GITHUB_ACTIONS: '' } };
    for (const system of ['github', 'gitlab']) {
      const run = await execa(
        'node',
        [commandLine(), 'init', '--workflow', system, '--config', `${system}.yaml`, '--suites', system],
        inside,
      );
      expect(run.exitCode).toBe(0);
    }
    const github = githubJob(await top.read('.github/workflows/regress.yml'));
    expect(github.defaults).toEqual({ run: { 'working-directory': 'services/my shop' } });
    expect(github.steps.at(-1)?.with).toMatchObject({ path: 'services/my shop/regress.html' });
    const gitlab = gitlabJob(await top.read('.gitlab-ci.yml'));
    expect(gitlab.before_script).toContain('cd "services/my shop"');
    expect(gitlab.artifacts.reports.junit).toBe('services/my shop/junit.xml');
  });

  test.each([
    ['package-lock.json', '', 'npm ci', 'npx --no-install'],
    ['pnpm-lock.yaml', '', 'corepack enable && pnpm install --frozen-lockfile', 'pnpm exec'],
    ['yarn.lock', '', 'corepack enable && yarn install --frozen-lockfile', 'yarn run'],
    ['yarn.lock', '.yarnrc.yml', 'corepack enable && yarn install --immutable', 'yarn run'],
    ['bun.lock', '', 'npm ci', 'npx --no-install'],
  ])('%s %s at the top of a workspace: packages are installed by %s', async (lock, other, install, command) => {
    const top = await emptyProject();
    await forge()(top);
    for (const file of [lock, other]) if (file !== '') await top.write(file, '');
    await mkdir(top.path('services/shop'), { recursive: true });
    for (const system of ['github', 'gitlab']) {
      const options = ['--workflow', system, '--config', `${system}.yaml`, '--suites', system];
      await execa('node', [commandLine(), 'init', ...options], { cwd: top.path('services/shop') });
    }
    const steps = githubJob(await top.read('.github/workflows/regress.yml')).steps.flatMap(({ run }) => run ?? []);
    expect(steps).toContain(install);
    expect(steps.at(-1)).toMatch(new RegExp(`^${command} regress-pg check `));
    const { before_script, script } = gitlabJob(await top.read('.gitlab-ci.yml'));
    expect(before_script.at(-1)).toBe(install);
    expect(script[0]).toMatch(new RegExp(`^${command} regress-pg check `));
  });

  test('refuses a system it knows no job for', async () => {
    const { status, stderr } = await (await emptyProject()).regress(['init', '--workflow', 'jenkins']);
    expect(status).toBe(2);
    expect(stderr).toContain('github, gitlab');
  });

  test.skipIf(server === null)("installs the source's major, or says that it is to be set", async () => {
    const known = await initiated(['--workflow', 'github', '--source', server?.url('postgres') ?? '']);
    const text = await known.project.read('.github/workflows/regress.yml');
    expect(text).toContain(`POSTGRES: "15" # production's major version\n`);
    const unknown = await initiated(['--workflow']);
    expect(await unknown.project.read('.github/workflows/regress.yml')).toMatch(
      /POSTGRES: "\d+" # set this to production's major version\n/,
    );
  });
});

describe.skipIf(server === null)('the jobs, their scripts run on the example', () => {
  const source = server?.url('postgres') ?? '';

  describe('of GitHub', () => {
    let job: GithubJob;
    beforeAll(async () => {
      const { project } = await initiated(['--workflow', 'github', '--source', source]);
      job = githubJob(await project.read('.github/workflows/regress.yml'));
    });

    async function run({ project, env }: Awaited<ReturnType<typeof example>>) {
      await project.write('summary.md', '');
      let files = 0;
      return runSteps(job.steps, {
        contexts: {},
        workspace: project.folder,
        env: { ...env, ...job.env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: project.path('summary.md') },
        outputFile: async () => {
          files += 1;
          await writeFile(project.path(`output-${files}`), '');
          return project.path(`output-${files}`);
        },
      });
    }

    test('ends with the status of check, with annotations, a summary and the page', async () => {
      expect(injectable(job.steps)).toEqual([]);
      const made = await example();
      const clean = await run(made);
      expect(
        clean.map(({ status }) => status),
        clean.at(-1)?.log,
      ).toEqual([null, null, 0, 0, 0, null]);
      expect(await readFile(`${made.env.STUBS}/sudo.log`, 'utf8')).toBe(
        [
          'apt-get update',
          'apt-get install --yes postgresql-common',
          '/usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
          'apt-get install --yes postgresql-15 postgresql-server-dev-15 gcc make',
          '',
        ].join('\n'),
      );
      await dropIndex(made.project);
      const failed = await run(made);
      const check = failed.at(-1);
      expect(check?.status, check?.log).toBe(1);
      expect(check?.log).toMatch(/^::error file=suites\/storefront\/customers\.yaml,line=56,/m);
      expect(await made.project.read('summary.md')).toContain('### ❌ regress: 13 plans got worse');
      await access(made.project.path(String(job.steps.at(-1)?.with?.path)));
    });
  });

  describe('of GitLab', () => {
    test('is the one that docs/ci.md shows', async () => {
      const page = await readFile(new URL('../../docs/ci.md', import.meta.url), 'utf8');
      const [, block = ''] = /```yaml\n# \.gitlab-ci\.yml\n([\s\S]*?)```/.exec(page) ?? [];
      const { project } = await initiated(['--workflow', 'gitlab', '--source', source]);
      expect(block.replace('"17"', '"15"')).toBe(await project.read('.gitlab-ci.yml'));
    });

    test('ends with the status of check, and leaves the artifacts it names', async () => {
      const { project: begun } = await initiated(['--workflow', 'gitlab', '--source', source]);
      const { script, artifacts } = gitlabJob(await begun.read('.gitlab-ci.yml'));
      const { project, env } = await example();
      const run = () =>
        execa('bash', ['-eo', 'pipefail', '-c', script.join('\n')], {
          cwd: project.folder,
          env: { ...env, GITLAB_CI: 'true' },
          all: true,
          reject: false,
          stdin: 'ignore',
        });
      const clean = await run();
      expect(clean.exitCode, clean.all).toBe(0);
      for (const file of [artifacts.reports.junit, ...artifacts.paths]) await access(project.path(file));
      await dropIndex(project);
      expect((await run()).exitCode).toBe(1);
      expect(await project.read(artifacts.reports.junit)).toMatch(/<failure type="cost-increased"/);
    });
  });
});
