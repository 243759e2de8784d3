import { appendFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { projectFoldersOf, writeWhole } from '../../files/index.ts';
import { fileError } from '../../model/file-error.ts';
import type { CheckReport } from '../../model/result.ts';
import { jobSummary, type ReportOptions, reporters } from '../../report/index.ts';
import type { Context } from './context.ts';
import { loadPageParts } from './html-page-parts.ts';
import type { ReporterChoice } from './reporter-option.ts';
import { isStandardStream } from './standard-stream.ts';

/** The most bytes of job summary that GitHub accepts from one step. It drops a larger one entirely. */
const SUMMARY_LIMIT = 1024 * 1024;

/**
 * Writes a report with each reporter, to stdout or to its file. The default is `console`, and on GitHub Actions `github` too.
 * `github` also adds to the job summary. `elapsedMs` is null if the duration of the check is not known.
 */
export async function writeReports(
  report: CheckReport,
  wanted: readonly ReporterChoice[],
  elapsedMs: number | null,
  context: Context,
): Promise<void> {
  const choices = wanted.length === 0 ? defaultReporters(context) : wanted;
  // stdout first: if a file cannot be written, the text on stdout is not lost.
  const stdoutFirst = [...choices].sort((a, b) => Number(a.file !== null) - Number(b.file !== null));
  for (const { name, file } of stdoutFirst) {
    const options: ReportOptions = {
      color: context.color && file === null,
      width: context.width,
      verbose: context.verbose,
      elapsedMs,
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
    else await writeWhole(path, text, projectFoldersOf(dirname(path)));
  } catch (cause) {
    throw fileError(`the report ${file}`, cause, 'usage');
  }
}

/** The limit includes what other commands of the step have written. */
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
