import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import type { Installation } from '../../src/target/index.ts';
import { installationsOf } from './named-installations.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The installations tests may use, the machine's main one first: it, those of REGRESS_TEST_PG_CONFIGS (colon-separated
 * paths of pg_config), and in the files of `npm run test:matrix` also those of REGRESS_TEST_MATRIX_PG_CONFIGS. One per major.
 */
export async function testInstallations(): Promise<Installation[]> {
  const { testPath } = expect.getState();
  const { REGRESS_TEST_PG_CONFIGS, REGRESS_TEST_MATRIX_PG_CONFIGS } = process.env;
  return installationsOf(
    testPath !== undefined && isOfMatrix(relative(REPOSITORY, testPath))
      ? [REGRESS_TEST_PG_CONFIGS, REGRESS_TEST_MATRIX_PG_CONFIGS]
      : [REGRESS_TEST_PG_CONFIGS],
  );
}

const MATRIX = manifest.scripts['test:matrix'].split(' ').filter((word) => word.startsWith('test/'));

/** Whether `npm run test:matrix` runs a file. */
function isOfMatrix(file: string): boolean {
  return MATRIX.some((path) => file === path || file.startsWith(`${path}/`));
}
