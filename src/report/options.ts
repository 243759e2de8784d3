import type { CheckReport } from '../model/result.ts';

/** Scripts, styles and licences that the HTML report contains besides the results. scripts/build-page.mjs builds them. */
export interface PageParts {
  /** The page's own script and style. */
  readonly script: string;
  readonly style: string;
  /** pev2 with Vue, and their styles, for the frame of one plan. */
  readonly viewerScript: string;
  readonly viewerStyle: string;
  readonly licences: string;
}

/** Options of a report. */
export interface ReportOptions {
  readonly color: boolean;
  /** Width of the terminal, in columns. */
  readonly width: number;
  /** Also lists queries whose plans are as accepted. */
  readonly verbose: boolean;
  /** Duration of the check in milliseconds; null if it is not known. */
  readonly elapsedMs: number | null;
  /** Name of the earlier plans; `baseline` by default. */
  readonly before?: string;
  /** Needed by the html reporter only. */
  readonly page?: PageParts | undefined;
}

/** Renders a report as the whole text of a file or of stdout, with a newline at the end. */
export type Reporter = (report: CheckReport, options: ReportOptions) => string;
