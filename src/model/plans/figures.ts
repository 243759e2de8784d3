/** Costs and ratios, formatted for people. */

/** A cost in planner cost units, with EXPLAIN's two decimals. */
export function formatCost(cost: number): string {
  return cost.toFixed(2);
}

/**
 * A ratio such as `x1.49`, `x683`, `x0.02`. Truncated towards 1, so that a ratio below a threshold never reads as one
 * that reached it. Empty if `before` is 0.
 */
export function formatRatio(before: number, after: number): string {
  if (before <= 0) return '';
  const ratio = after / before;
  if (ratio >= 1e6 || (ratio > 0 && ratio < 1e-6)) return `x${ratio.toExponential(1)}`;
  if (ratio >= 100) return `x${cut(ratio, 0)}`;
  if (ratio >= 10) return `x${cut(ratio, 1)}`;
  if (ratio >= 1) return `x${cut(ratio, 2)}`;
  return `x${raised(ratio)}`;
}

// Division gives a little less than 1.15 for 1.15. Smaller than any difference between figures that EXPLAIN prints.
const HAIR = 1e-9;

function cut(ratio: number, decimals: number): string {
  const scale = 10 ** decimals;
  return (Math.floor(ratio * scale + HAIR) / scale).toFixed(decimals);
}

/** A ratio under 1 with two decimals, or with two significant digits if it is smaller. */
function raised(ratio: number): string {
  if (ratio === 0) return '0';
  const decimals = Math.max(2, 1 - Math.floor(Math.log10(ratio)));
  const scale = 10 ** decimals;
  return (Math.ceil(ratio * scale - HAIR) / scale).toFixed(decimals);
}

/** A count formatted for people: `812`, `12.4 k`, `3.1 M`, `2.0 G`. */
export function formatCount(count: number): string {
  const unit = count < 10_000 ? 0 : Math.min(3, Math.floor(Math.log10(count) / 3));
  return unit === 0 ? String(Math.round(count)) : `${cut(count / 1000 ** unit, 1)} ${['', 'k', 'M', 'G'][unit]}`;
}

/** A mean time in ms, with two or three significant digits: `0.083 ms`, `4.1 ms`, `240 ms`, `3.2 s`. */
export function formatMeanTime(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 10) return `${milliseconds.toFixed(0)} ms`;
  return `${milliseconds.toPrecision(2)} ms`;
}
