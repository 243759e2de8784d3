import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { BaselineBlock, Provenance } from '../model/baseline.ts';
import type { Noise } from '../model/noise.ts';
import type { PlanNode } from '../model/plan.ts';
import { greatestRowsRatio } from './changes/rows-ratio.ts';
import { shapeOf } from './changes/same-plan.ts';
import type { Comparison } from './rules/judgement.ts';
import { comparePlans } from './trees/compare-plans.ts';

/** The noise of a query from its plans on snapshots of the same data, one for each. */
export function measureNoise(plans: readonly [PlanNode, PlanNode, ...PlanNode[]]): Noise {
  const costs = plans.map(({ totalCost }) => Math.max(totalCost, Number.MIN_VALUE));
  const pairs = plans.flatMap((one, at) => plans.slice(at + 1).map((other) => [one, other] as const));
  const rows = pairs.map(([one, other]) => greatestRowsRatio(comparePlans(one, other), one, other));
  return {
    snapshots: plans.length,
    cost: roundedUp(Math.max(...costs) / Math.min(...costs)),
    rows: roundedUp(Math.max(...rows)),
    shapes: [...new Set(plans.map(shapeDigest))].sort(),
  };
}

/** Three decimals, and never less than it was. */
function roundedUp(ratio: number): number {
  return Math.ceil(ratio * 1000 - 1e-6) / 1000;
}

function shapeDigest(plan: PlanNode): string {
  return createHash('sha256')
    .update(stringify(shapeOf(plan)))
    .digest('hex')
    .slice(0, 8);
}

/** The noise floor of a comparison: what ANALYZE alone may do. Null where it is not known or cannot be the reason. */
export interface NoiseFloor {
  /** Ratios of total costs and of rows up to which a change says nothing. */
  readonly cost: number;
  readonly rows: number;
  /** Both plans' shapes are ones that the same data gave rise to. */
  readonly isKnownShape: boolean;
  /** The noise it is made from. */
  readonly noise: Noise;
}

export function noiseFloor({ baseline, provenance, current }: Comparison): NoiseFloor | null {
  const { noise } = baseline;
  // The same snapshot has the same sample: nothing moves by luck.
  if (noise === undefined || baseline.provenance.snapshot === provenance.snapshot) return null;
  return {
    cost: widened(noise.cost, noise.snapshots),
    rows: widened(noise.rows, noise.snapshots),
    isKnownShape: [baseline.plan, current].every((plan) => noise.shapes.includes(shapeDigest(plan))),
    noise,
  };
}

/**
 * A few samples lie nearer together than all there could be. The power of their ratio that another sample exceeds once
 * in ten thousand times, where the logarithms of figures are spread normally: Student's t of n - 1 degrees of freedom,
 * times √2 (the baseline is a sample too), by the mean range of n samples in standard deviations (d2 of control charts).
 * For 2 to 10 samples and more; capped, because of 4 and fewer hardly anything follows.
 */
const POWERS = [8, 8, 8, 7.9, 5.4, 4.2, 3.5, 3.1, 2.8];

function widened(ratio: number, snapshots: number): number {
  return ratio ** (POWERS[Math.min(snapshots - 2, POWERS.length - 1)] ?? 1);
}

/** What is still known of a query's noise when another plan of it is accepted. */
export function keptNoise(known: BaselineBlock | null, accepted: Provenance, plan: PlanNode): Noise | undefined {
  const noise = known?.noise;
  if (noise === undefined || known?.provenance.query !== accepted.query) return undefined;
  return noise.shapes.includes(shapeDigest(plan)) ? noise : undefined;
}
