import { readFile } from 'node:fs/promises';
import { exitStatus, mergeReports, type StoredReport } from '../compare/index.ts';
import { RegressError } from '../model/errors.ts';
import { uncheckedProjects } from '../model/result.ts';
import { parseReport } from '../report/index.ts';
import type { Context } from './context.ts';
import type { ReporterChoice } from './reporter-option.ts';
import { writeReports } from './write-reports.ts';

interface ReportCommandOptions {
  readonly reporter: readonly ReporterChoice[];
}

/** `regress report`: renders the stored results of a check, or of all its shards. Resolves to the exit status of check. */
export async function report(
  files: readonly string[],
  options: ReportCommandOptions,
  context: Context,
): Promise<number> {
  const stored: StoredReport[] = [];
  for (const file of files) stored.push({ file, report: parseReport(await read(file), file) });
  const merged = mergeReports(stored);
  await writeReports(merged, options.reporter, null, context);
  return uncheckedProjects(merged).length > 0 ? 2 : exitStatus(merged);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new RegressError('results', `could not read the results ${file}`, {
      detail: `${(cause as Error).message}.`,
      hint: `regress check --reporter json=${file}`,
      cause,
    });
  }
}
