import { relative } from 'node:path';
import { orphanedBaselines, staleBlocks } from '../baseline/index.ts';
import { staleBaselines } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import type { Suite } from '../model/suite.ts';
import type { SuiteBaselines } from './suite-baselines.ts';

/** Notes about accepted plans whose query no longer exists, and about baseline files without a suite. */
export async function staleNotes(
  config: Config,
  suites: readonly Suite[],
  baselines: ReadonlyMap<string, SuiteBaselines>,
): Promise<Finding[]> {
  const notes = suites.flatMap((suite) => {
    const baseline = baselines.get(suite.file)?.baseline ?? null;
    return baseline === null ? [] : [...staleBaselines(suite.file, staleBlocks(baseline, suite))];
  });
  for (const path of await orphanedBaselines(config.suites, suites)) {
    notes.push({
      code: 'baseline-stale',
      severity: 'note',
      message: `${relative(config.folder, path)} belongs to no suite`,
      hint: 'npx regress-pg update --all',
    });
  }
  return notes;
}
