import { exitStatus, mergeReports, type StoredReport } from '../compare/index.ts';
import { uncheckedProjects } from '../model/result.ts';
import { parseReport } from '../report/index.ts';
import type { Context } from './terminal/context.ts';
import { readResults } from './terminal/read-results.ts';
import type { ReporterChoice } from './terminal/reporter-option.ts';
import { writeReports } from './terminal/write-reports.ts';

interface ReportCommandOptions {
  readonly reporter: readonly ReporterChoice[];
}

/** `regress report`: prints the stored results of a check, or of all its shards. Resolves to the exit status of check. */
export async function report(
  files: readonly string[],
  options: ReportCommandOptions,
  context: Context,
): Promise<number> {
  const stored: StoredReport[] = [];
  for (const file of files) stored.push({ file, report: parseReport(await readResults(file), file) });
  const merged = mergeReports(stored);
  await writeReports(merged, options.reporter, null, context);
  return uncheckedProjects(merged).length > 0 ? 2 : exitStatus(merged);
}
