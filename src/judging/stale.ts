import { relative } from 'node:path';
import { orphanedBaselines, staleBlocks } from '../baseline/index.ts';
import { staleBaselines } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import type { Suite } from '../model/suite.ts';
import type { Shelf } from './shelves.ts';

/** Notes about baselines that have no query any more, and about files that have no suite. */
export async function staleNotes(
  config: Config,
  suites: readonly Suite[],
  shelves: ReadonlyMap<string, Shelf>,
): Promise<Finding[]> {
  const notes = suites.flatMap((suite) => {
    const baseline = shelves.get(suite.file)?.baseline ?? null;
    return baseline === null ? [] : [...staleBaselines(suite.file, staleBlocks(baseline, suite))];
  });
  for (const path of await orphanedBaselines(config.suites, suites)) {
    notes.push({
      code: 'baseline-stale',
      severity: 'note',
      message: `${relative(config.folder, path)} belongs to no suite`,
      hint: 'regress update --all',
    });
  }
  return notes;
}
