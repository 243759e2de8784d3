import type { PlanNode } from '../model/plan.ts';
import type { PlanDifference } from '../model/plans/difference.ts';
import type { CheckReport } from '../model/result.ts';

/** What the HTML report carries besides the results; built by scripts/build-page.mjs. */
export interface PageParts {
  /** The page's own script and style. */
  readonly script: string;
  readonly style: string;
  /** pev2 with Vue, and their styles, for the frame of one plan. */
  readonly viewerScript: string;
  readonly viewerStyle: string;
  readonly licences: string;
}

/** How and for whom a report is written. */
export interface ReportOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Lists also the queries whose plans are as accepted. */
  readonly verbose: boolean;
  /** Time the check took, milliseconds; null where it is not known. */
  readonly elapsedMs: number | null;
  /** What the earlier plans are called; `baseline` where nothing is said. */
  readonly before?: string;
  /** What the html reporter carries; no other needs it. */
  readonly page?: PageParts | undefined;
  /** comparePlans of src/compare, which a report does not import. */
  readonly comparePlans: (baseline: PlanNode, current: PlanNode) => PlanDifference;
}

/** Renders a report as the whole text of a file or of stdout, with a newline at its end. */
export type Reporter = (report: CheckReport, options: ReportOptions) => string;
