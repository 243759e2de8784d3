import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Config } from '../../config/index.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { counted } from '../../model/text/wording.ts';
import { loadSuites } from '../../suite/index.ts';
import { failed } from './failed-diagnosis.ts';

const about = { subject: 'configuration' } as const;

/** Diagnoses of regress.yaml, the suites and the files of prepare. `broken`: regress.yaml has been diagnosed already. */
export async function diagnoseConfiguration(config: Config, broken: boolean): Promise<Diagnosis[]> {
  return [...(broken ? [] : [fileOf(config)]), ...(await suitesOf(config)), ...(await stepsOf(config))];
}

function fileOf({ path }: Config): Diagnosis {
  if (path !== null) return { ...about, level: 'ok', message: relative(process.cwd(), path) };
  return {
    ...about,
    level: 'note',
    message: 'there is no regress.yaml here or in a folder above, so the defaults apply',
    hint: 'npx regress-pg init',
  };
}

async function suitesOf({ suites: folder }: Config): Promise<Diagnosis[]> {
  try {
    const suites = await loadSuites(folder);
    const queries = suites.reduce((sum, suite) => sum + suite.queries.length, 0);
    const message = `${counted(queries, 'query', 'queries')} in ${counted(suites.length, 'suite')}`;
    return [{ ...about, level: 'ok', message }];
  } catch (error) {
    // A project may have no suites yet, but a mistake in one is an error.
    return [{ ...failed('configuration', error), level: existsSync(folder) ? 'fail' : 'note' }];
  }
}

/** Missing SQL files of target.prepare. The steps themselves are run only by a check. */
async function stepsOf({ target }: Config): Promise<Diagnosis[]> {
  const files = target.prepare.flatMap((step) => ('sql' in step ? [step.sql] : []));
  const missing: Diagnosis[] = [];
  for (const file of files) {
    await access(file).catch((error: Error) => {
      missing.push({
        ...about,
        level: 'fail',
        message: `could not read ${relative(process.cwd(), file)}`,
        detail: `${error.message}.`,
        hint: 'Correct the path in target.prepare of regress.yaml; it is relative to that file.',
      });
    });
  }
  return missing;
}
