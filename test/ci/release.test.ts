import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clientEnvironment } from '../../src/postgres/index.ts';
import { testInstallations } from '../support/installations.ts';
import { startWithExtension } from '../support/relocated.ts';
import { temporaryFolder } from '../support/temp.ts';
import { injectable, movable, readYamlFile, runSteps, type Step } from './steps.ts';

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: {
    readonly image: {
      readonly permissions: Readonly<Record<string, string>>;
      readonly strategy: { readonly matrix: { readonly postgres: readonly number[] } };
      readonly steps: readonly Step[];
    };
  };
}

const workflow = await readYamlFile<Workflow>('.github/workflows/release.yml');
const { steps, permissions, strategy } = workflow.jobs.image;
const repository = new URL('../../', import.meta.url).pathname;
const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string };
const [main] = await testInstallations();

const named = (name: string) => steps.filter((step) => step.name === name);

async function run(name: string, ref: string, env: Readonly<Record<string, string>> = {}, workspace = repository) {
  const folder = await temporaryFolder();
  const output = join(folder, 'output');
  await writeFile(output, '');
  const github = { repository_owner: 'ACME-Corp', ref_name: ref };
  const options = { contexts: { github, matrix: { postgres: 17 } }, workspace, outputFile: async () => output };
  const [ran] = await runSteps(named(name), { ...options, env });
  return ran;
}

test('it may write packages and nothing else, and writes them last, for both architectures', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(permissions).toEqual({ contents: 'read', packages: 'write' });
  expect(injectable(steps)).toEqual([]);
  expect(movable(steps), 'what may write packages is what was read').toEqual([]);
  expect(steps.at(-1)?.with).toMatchObject({ push: true, platforms: 'linux/amd64,linux/arm64', context: 'extension' });
  expect(steps.filter((step) => step.with?.push === true)).toHaveLength(1);
  expect(strategy.matrix.postgres, 'the majors that are tested').toEqual([15, 17, 18, 19]);
});

test('images are named by major and version', async () => {
  expect(await run('Names', `v${version}`)).toMatchObject({
    status: 0,
    outputs: {
      major: 'ghcr.io/acme-corp/regress-postgres:17',
      version: `ghcr.io/acme-corp/regress-postgres:17-${version}`,
    },
  });
});

test('a tag of another version publishes nothing', async () => {
  expect(await run('Names', 'v99.0.0')).toMatchObject({
    status: 1,
    log: expect.stringContaining('::error::the tag is'),
  });
});

/** Runs what would be run in the container on this machine, against the server that PGHOST and the like name. */
const DOCKER = `#!/bin/sh
echo "$*" >> "$STUBS/docker.log"
[ "$1" = exec ] || exit 0
shift 2
program=$1; shift
for word; do
  case $word in --host) skip=1 ;; --username) skip=1 ;; *) [ -n "$skip" ] || set -- "$@" "$word"; skip= ;; esac
  shift
done
exec "$BINDIR/$program" "$@"
`;

describe.skipIf(main === undefined)('the image is tried', () => {
  async function stubs(): Promise<string> {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'docker'), DOCKER);
    await chmod(join(folder, 'docker'), 0o755);
    return folder;
  }

  test('by making the extension in it', async () => {
    const server = await startWithExtension(main as NonNullable<typeof main>, 'release');
    onTestFinished(server.remove);
    const folder = await stubs();
    const { DATABASE_URL: _, ...client } = clientEnvironment(server.url('postgres'));
    const given = Object.entries(client).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const env = {
      ...Object.fromEntries(given),
      STUBS: folder,
      BINDIR: main?.bindir ?? '',
      PATH: `${folder}:${process.env.PATH}`,
    };
    const tried = await run('Try', 'v1', env, folder);
    expect(tried?.status, tried?.log).toBe(0);
    expect(tried?.log).toContain('CREATE EXTENSION');
    const log = await readFile(join(folder, 'docker.log'), 'utf8');
    expect(log).toMatch(/^run --detach --name try .* regress-postgres:try\n/);
    expect(log.trimEnd().split('\n').at(-1)).toBe('rm --force try');

    const again = await run('Try', 'v1', env, folder);
    expect(again?.status, 'it is there already, which is an error').not.toBe(0);
  });
});
