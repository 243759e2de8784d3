import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What starts servers or other processes, or changes what the process has. */
const NEEDS_ITS_OWN =
  /from '(?:execa|node:child_process|.*\b(?:browser|installations|lab|npm-server|project|relocated|servers?|shop|stage|target-server|terminal)\.ts)'|process\.chdir|memoryUsage|watchdog/;

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name.replaceAll('\\', '/')}`);
const alone = files.filter((file) => !NEEDS_ITS_OWN.test(readFileSync(file, 'utf8')));

/** The quick ones last, so that at the end no worker waits long for another. */
class QuickLast extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications);
    const isQuick = ({ project }: TestSpecification) => project.name === 'quick';
    return [...sorted.filter((one) => !isQuick(one)), ...sorted.filter(isQuick)];
  }
}

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    projects: [
      // A process per file: the servers of a file end with its process.
      { extends: true, test: { name: 'servers', include: ['test/**/*.test.ts'], exclude: alone } },
      // A process for many: to start one takes longer than their tests.
      { extends: true, test: { name: 'quick', include: alone, isolate: false } },
    ],
    sequence: { sequencer: QuickLast },
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    unstubEnvs: true,
    // What regress prints is the same wherever its tests run.
    env: { GITHUB_ACTIONS: '' },
    // For what never ends: a machine that does other work, too, takes ten times as long as one that does not.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A busy machine draws late.
    expect: { poll: { timeout: 60_000 } },
  },
});
