import { relative } from 'node:path';
import { orphanedBaselines, readBaseline, staleBlocks } from '../baseline/index.ts';
import { staleBaselines } from '../compare/index.ts';
import type { Config } from '../config/index.ts';
import type { Finding } from '../model/finding.ts';
import type { Suite } from '../model/suite.ts';

/** Notes about baselines of a major that have no query any more, and about files that have no suite. */
export async function staleNotes(config: Config, suites: readonly Suite[], major: number): Promise<Finding[]> {
  const notes: Finding[] = [];
  for (const suite of suites) {
    const baseline = await readBaseline(suite, major);
    if (baseline !== null) notes.push(...staleBaselines(suite.file, staleBlocks(baseline, suite)));
  }
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
