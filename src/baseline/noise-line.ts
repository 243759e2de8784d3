import type { Noise } from '../model/plans/noise.ts';

/** Noise as a block's head writes it: `cost x1.08, rows x2.4, 5 snapshots, shapes 1a2b3c4d 5e6f7081`. */
export function formatNoise({ cost, rows, snapshots, shapes }: Noise): string {
  return `cost x${cost}, rows x${rows}, ${snapshots} snapshots, shapes ${shapes.join(' ')}`;
}

const NOISE = /^cost x([\d.e+]+), rows x([\d.e+]+), (\d+) snapshots, shapes ([0-9a-f]{8}(?: [0-9a-f]{8})*)$/;

/** Parses a text that `formatNoise` wrote; null for any other. */
export function parseNoise(text: string): Noise | null {
  const [, cost, rows, snapshots, shapes] = NOISE.exec(text) ?? [];
  if (shapes === undefined) return null;
  const noise = {
    cost: Number(cost),
    rows: Number(rows),
    snapshots: Number(snapshots),
    shapes: shapes.split(' '),
  };
  return noise.cost >= 1 && noise.rows >= 1 && noise.snapshots >= 2 ? noise : null;
}
