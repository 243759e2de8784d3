import type { Noise } from '../../model/noise.ts';
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

/** Noise that is worth a line: as much as a threshold may be. */
const TOLD_FROM = { cost: 1.05, rows: 2 };

/** What `regress noise` measured: the queries that move, the most first, and how many do not. */
export function noiseReport(
  measured: readonly MeasuredNoise[],
  options: { readonly snapshots: number; readonly unmeasured: number; readonly color: boolean },
): string {
  const paint = createPaint(options.color);
  const moving = visibleCopy(measured)
    .filter(({ noise }) => noise.cost >= TOLD_FROM.cost || noise.rows >= TOLD_FROM.rows || noise.shapes.length > 1)
    .sort((a, b) => b.noise.cost - a.noise.cost || b.noise.rows - a.noise.rows);
  const lines = moving.map((one) => {
    const name = paint('strong', one.case === null ? one.query : `${one.query} [${one.case}]`);
    const { cost, rows, shapes } = one.noise;
    const plans = shapes.length > 1 ? `, ${shapes.length} plans` : '';
    return `cost x${cost.toFixed(2)}, rows x${rows.toFixed(2)}${plans}  ${one.file}:${one.line}  ${name}`;
  });
  const counts = [
    `${measured.length} measured on ${options.snapshots} snapshots`,
    `${moving.length} ${moving.length === 1 ? 'moves' : 'move'}`,
    ...(options.unmeasured === 0 ? [] : [`${options.unmeasured} without a baseline, or changed since`]),
  ];
  return [...lines, ...(lines.length === 0 ? [] : ['']), counts.join(', '), ''].join('\n');
}
