import { appendFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { comparePlans } from '../../compare/index.ts';
import { boundsOf, writeWhole } from '../../files/index.ts';
import { fileError } from '../../model/file-error.ts';
import type { CheckReport } from '../../model/result.ts';
import { jobSummary, type ReportOptions, reporters } from '../../report/index.ts';
import type { Context } from './context.ts';
import { loadPageParts } from './page-parts.ts';
import type { ReporterChoice } from './reporter-option.ts';
import { isStandardStream } from './standard-stream.ts';

/** Bytes that GitHub takes of the summaries of a step; of more it takes none. */
const SUMMARY_LIMIT = 1024 * 1024;

/**
 * Renders a report by each reporter, to stdout or its file; where none is named by `console`, and on GitHub Actions by
 * `github` too. The latter also adds to the summary of the job. `elapsedMs` is null where the time of the check is not known.
 */
export async function writeReports(
  report: CheckReport,
  wanted: readonly ReporterChoice[],
  elapsedMs: number | null,
  context: Context,
): Promise<void> {
  const choices = wanted.length === 0 ? defaultReporters(context) : wanted;
  // What is for stdout is not lost with a file that cannot be written.
  const stdoutFirst = [...choices].sort((a, b) => Number(a.file !== null) - Number(b.file !== null));
  for (const { name, file } of stdoutFirst) {
    const options: ReportOptions = {
      color: context.color && file === null,
      width: context.width,
      verbose: context.verbose,
      elapsedMs,
      comparePlans,
      page: name === 'html' ? await loadPageParts() : undefined,
    };
    const text = reporters[name](report, options);
    if (file === null) context.print(text, name === 'github' ? 'commands' : undefined);
    else await writeReport(file, text, context);
    if (name === 'github') await addToJobSummary(report, options, context);
  }
}

function defaultReporters({ env }: Context): readonly ReporterChoice[] {
  const people: ReporterChoice = { name: 'console', file: null };
  return env.GITHUB_ACTIONS === 'true' ? [people, { name: 'github', file: null }] : [people];
}

async function writeReport(file: string, text: string, context: Context): Promise<void> {
  const path = resolve(file);
  if (path === '/dev/stdout') return context.print(text);
  try {
    if (isStandardStream(path)) await writeFile(path, text, { flag: 'a' });
    else await writeWhole(path, text, boundsOf(dirname(path)));
  } catch (cause) {
    throw fileError(`the report ${file}`, cause, 'usage');
  }
}

/** What other commands of the step wrote counts for its limit too. */
async function addToJobSummary(report: CheckReport, options: ReportOptions, { env }: Context): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  const taken = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  try {
    await appendFile(file, jobSummary(report, options, SUMMARY_LIMIT - taken));
  } catch (cause) {
    throw fileError('the job summary, GITHUB_STEP_SUMMARY', cause, 'usage');
  }
}
