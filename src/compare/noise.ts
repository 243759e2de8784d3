import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { BaselineBlock, Provenance } from '../model/baseline.ts';
import type { Noise } from '../model/noise.ts';
import type { PlanNode } from '../model/plan.ts';
import { comparePlans } from './compare-plans.ts';
import type { Comparison } from './judgement.ts';
import { greatestRowsRatio } from './rows-ratio.ts';
import { shapeOf } from './same-plan.ts';

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

/** What the range of so many samples is on average, in standard deviations (d2 of control charts); from 2 samples on. */
const MEAN_RANGES = [1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.97, 3.078];

/** Two samples differ by more than so many standard deviations of their difference once in 15,000 times. */
const DEVIATIONS = 4;

/** A few samples lie nearer together than all there could be: what the next one may be apart from the baseline's. */
function widened(ratio: number, snapshots: number): number {
  const range = MEAN_RANGES[Math.min(snapshots, MEAN_RANGES.length + 1) - 2] ?? 1;
  return ratio ** Math.max(1, (DEVIATIONS * Math.SQRT2) / range);
}

/** What is still known of a query's noise when another plan of it is accepted. */
export function keptNoise(known: BaselineBlock | null, accepted: Provenance, plan: PlanNode): Noise | undefined {
  const noise = known?.noise;
  if (noise === undefined || known?.provenance.query !== accepted.query) return undefined;
  return noise.shapes.includes(shapeDigest(plan)) ? noise : undefined;
}
