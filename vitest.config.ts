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
    testTimeout: 120_000,
    // A busy machine draws late.
    expect: { poll: { timeout: 10_000 } },
    hookTimeout: 180_000,
  },
});
