import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeCacheFolder } from '../../src/target/server/cache.ts';
import { installPackage } from '../support/installed-package.ts';
import type { Outcome, Project } from '../support/project.ts';

const REGISTRY_TIMEOUT_MS = 120_000;

/**
 * Installs this package into a project, beside a vitest of the version: this repository's own for null, else one from
 * the npm registry, which is fetched once and kept in the cache. Throws what npm said where it cannot be had.
 */
export async function installVitest(project: Project, version: string | null): Promise<void> {
  if (version !== null) {
    const fetched = join(await fetchedVitest(version), 'node_modules');
    await cp(fetched, project.path('node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  await installPackage(project.folder);
  await project.write('package.json', '{ "type": "module", "private": true }');
}

async function fetchedVitest(version: string): Promise<string> {
  const cache = await makeCacheFolder('npm-vitest');
  const place = join(cache, version);
  if (existsSync(place)) return place;
  const aside = await mkdtemp(join(cache, 'fetching-'));
  try {
    await writeFile(join(aside, 'package.json'), '{ "private": true }');
    await execa('npm', ['install', '--no-audit', '--no-fund', '--silent', `vitest@${version}`], {
      cwd: aside,
      timeout: REGISTRY_TIMEOUT_MS,
    });
    await rename(aside, place).catch((error: unknown) => {
      if (!existsSync(place)) throw error;
    });
    return place;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** As a person or, with CI set, a build runs it: not as a part of the vitest that runs these tests. */
export function vitestEnvironment(env: Record<string, string> = {}): Record<string, string | undefined> {
  const outer = Object.keys(process.env).filter((name) => /^(?:VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$)/.test(name));
  const unset = Object.fromEntries(outer.map((name) => [name, undefined]));
  return { ...unset, CI: '', NO_COLOR: '1', REGRESS_TARGET_URL: '', REGRESS_SOURCE_URL: '', ...env };
}

/** What vitest says of the project's tests: its reporter's text, and the tests by name. */
export interface VitestRun extends Outcome {
  /** `passed`, `failed` or `skipped`, by the title below the suite's. */
  readonly tests: Readonly<Record<string, string>>;
}

/** Runs the project's vitest once. */
export async function runVitest(
  project: Project,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<VitestRun> {
  await rm(project.path('result.json'), { force: true });
  const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=result.json'];
  const result = await execa('node', ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
    cwd: project.folder,
    env: vitestEnvironment(env),
    reject: false,
    stdin: 'ignore',
  });
  const report = JSON.parse(await project.read('result.json').catch(() => '{"testResults":[]}')) as JsonReport;
  const found = report.testResults.flatMap((file) => file.assertionResults);
  const tests = Object.fromEntries(found.map(({ title, status }) => [title, status]));
  return { stdout: result.stdout, stderr: result.stderr, status: result.exitCode, tests };
}

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}
