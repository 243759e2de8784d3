import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A process per file: the servers of a file end with its process.
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
