import type { Noise } from '../../model/plans/noise.ts';
import { createPaint } from '../text/paint.ts';
import { visibleCopy } from '../text/visible-text.ts';

/** The noise of one planned query. */
export interface MeasuredNoise {
  readonly query: string;
  /** As `PlanResult.case`. */
  readonly case: string | null;
  readonly file: string;
  readonly line: number;
  readonly noise: Noise;
}

/** Ratios from which a query gets a line: a threshold could be as low. */
const SHOWN_FROM = { cost: 1.05, rows: 2 };

/** The report of `regress noise`: the queries that vary, the most first, and the counts. */
export function noiseReport(
  measured: readonly MeasuredNoise[],
  options: { readonly snapshots: number; readonly unmeasured: number; readonly color: boolean },
): string {
  const paint = createPaint(options.color);
  const moving = visibleCopy(measured)
    .filter(({ noise }) => noise.cost >= SHOWN_FROM.cost || noise.rows >= SHOWN_FROM.rows || noise.shapes.length > 1)
    .sort((a, b) => b.noise.cost - a.noise.cost || b.noise.rows - a.noise.rows);
  const lines = moving.map((one) => {
    const name = paint('strong', one.case === null ? one.query : `${one.query} [${one.case}]`);
    const { cost, rows, shapes } = one.noise;
    const plans = shapes.length > 1 ? `, ${shapes.length} plans` : '';
    return `cost x${cost.toFixed(2)}, rows x${rows.toFixed(2)}${plans}  ${one.file}:${one.line}  ${name}`;
  });
  const counts = [
    `${measured.length} measured on ${options.snapshots} snapshots`,
    `${moving.length} ${moving.length === 1 ? 'varies' : 'vary'}`,
    ...(options.unmeasured === 0 ? [] : [`${options.unmeasured} without a baseline or changed since`]),
  ];
  return [...lines, ...(lines.length === 0 ? [] : ['']), counts.join(', '), ''].join('\n');
}
