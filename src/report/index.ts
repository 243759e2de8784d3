/** Turns reports into text. Pure: the command decides where the text goes. */
import { consoleReport } from './formats/console.ts';
import { githubReport } from './formats/github.ts';
import { htmlReport } from './formats/html.ts';
import { jsonReport } from './formats/json.ts';
import { junitReport } from './formats/junit.ts';
import { markdownReport } from './formats/markdown.ts';
import { sarifReport } from './formats/sarif.ts';
import { tapReport } from './formats/tap.ts';
import type { Reporter } from './options.ts';

export { jobSummary } from './formats/github.ts';
export type { PageData } from './formats/html-data.ts';
export type { PageParts, Reporter, ReportOptions } from './options.ts';
export { type AcceptedPlan, acceptedReport } from './others/accepted.ts';
export { doctorJson, doctorText } from './others/doctor.ts';
export { type MeasuredNoise, noiseReport } from './others/noise.ts';
export { verifyJson, verifyText } from './others/verify.ts';
export { parseReport, reportJsonSchema } from './stored/stored.ts';
export { resultText } from './text/result-text.ts';
export { idleCommands, idleLine, idleLines } from './text/visible-text.ts';

export type ReporterName = 'console' | 'json' | 'html' | 'junit' | 'github' | 'markdown' | 'sarif' | 'tap';

/** All reporters, by their name for --reporter. */
export const reporters: Readonly<Record<ReporterName, Reporter>> = {
  console: consoleReport,
  json: jsonReport,
  junit: junitReport,
  github: githubReport,
  markdown: markdownReport,
  sarif: sarifReport,
  tap: tapReport,
  html: htmlReport,
};
