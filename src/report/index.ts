/** Turns reports into text. Pure: what to do with the text is for the command. */
import { consoleReport } from './console.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import type { Reporter } from './options.ts';

export { type AcceptedPlan, acceptedReport } from './accepted.ts';
export { doctorJson, doctorText } from './doctor.ts';
export type { PageParts } from './html.ts';
export type { PageData, PageEntry, PagePlans } from './html-data.ts';
export { type MeasuredNoise, noiseReport } from './noise.ts';
export type { Reporter, ReportOptions } from './options.ts';
export { verifyJson, verifyText } from './verify.ts';
export { visibleLines } from './visible-text.ts';

export type ReporterName = 'console' | 'json' | 'html';

/** Every reporter by the name that --reporter takes. */
export const reporters: Readonly<Record<ReporterName, Reporter>> = {
  console: consoleReport,
  json: jsonReport,
  html: htmlReport,
};
