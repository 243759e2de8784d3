import { access, chmod, mkdir, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandLine, exampleProject } from '../support/project.ts';
import { testServer } from '../support/servers.ts';

interface Job {
  readonly script: readonly string[];
  readonly artifacts: { readonly reports: { readonly junit: string }; readonly paths: readonly string[] };
}

/** The job that docs/ci.md gives for GitLab. */
async function documentedJob(): Promise<Job> {
  const page = await readFile(new URL('../../docs/ci.md', import.meta.url), 'utf8');
  const [, block = ''] = /```yaml\n# \.gitlab-ci\.yml\n([\s\S]*?)```/.exec(page) ?? [];
  return (parse(block) as { plans: Job }).plans;
}

/** The committed snapshot of the example is of 15. */
const server = await testServer(15);

describe.skipIf(server === null)('the job for GitLab, its script run on the example', () => {
  test('ends with the status of check, and leaves the artifacts it names', { timeout: 120_000 }, async () => {
    const { script, artifacts } = await documentedJob();
    const project = await exampleProject();
    await mkdir(project.path('.bin'));
    await project.write('.bin/npx', `#!/bin/sh\nshift\nexec '${process.execPath}' '${commandLine()}' "$@"\n`);
    await chmod(project.path('.bin/npx'), 0o755);
    const run = () =>
      execa('bash', ['-eo', 'pipefail', '-c', script.join('\n')], {
        cwd: project.folder,
        env: {
          PATH: `${project.path('.bin')}:${process.env.PATH}`,
          PG_CONFIG: server?.installation.pgConfig,
          CI: 'true',
          GITLAB_CI: 'true',
          REGRESS_TARGET_URL: '',
        },
        all: true,
        reject: false,
        stdin: 'ignore',
      });
    const clean = await run();
    expect(clean.exitCode, clean.all).toBe(0);
    for (const file of [artifacts.reports.junit, ...artifacts.paths]) await access(project.path(file));

    const schema = await project.read('docs/storefront/schema.sql');
    await project.write(
      'docs/storefront/schema.sql',
      schema.replace(/^CREATE INDEX orders_customer_id_placed_at_idx .*\n/m, ''),
    );
    const failed = await run();
    expect(failed.exitCode).toBe(1);
    expect(await project.read(artifacts.reports.junit)).toMatch(/<failure type="cost-increased"/);
  });
});
