/** Turns reports into text. Pure: what to do with the text is for the command. */
import { consoleReport } from './console.ts';
import { githubReport } from './github.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import type { Reporter } from './options.ts';
import { sarifReport } from './sarif.ts';
import { tapReport } from './tap.ts';

export { type AcceptedPlan, acceptedReport } from './accepted.ts';
export { doctorJson, doctorText } from './doctor.ts';
export { jobSummary } from './github.ts';
export type { PageData, PageEntry, PagePlans } from './html-data.ts';
export { type MeasuredNoise, noiseReport } from './noise.ts';
export type { PageParts, Reporter, ReportOptions } from './options.ts';
export { resultText } from './result-text.ts';
export { parseReport, reportJsonSchema } from './stored.ts';
export { verifyJson, verifyText } from './verify.ts';
export { idleCommands, idleLine, idleLines } from './visible-text.ts';

export type ReporterName = 'console' | 'json' | 'html' | 'junit' | 'github' | 'markdown' | 'sarif' | 'tap';

/** Every reporter by the name that --reporter takes. */
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
