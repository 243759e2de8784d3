import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { BaselineBlock, Provenance } from '../model/baseline.ts';
import type { PlanNode } from '../model/plan.ts';
import type { Noise } from '../model/plans/noise.ts';
import { shapeOf } from './changes/identical.ts';
import { greatestRowsRatio } from './changes/rows-ratio.ts';
import type { Comparison } from './rules/judgement.ts';
import { comparePlans } from './trees/compare-plans.ts';

/** Measures a query's noise from its plans on several snapshots of the same data, one plan for each. */
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

/** Rounds up to three decimals, so that the ratio never shrinks. */
function roundedUp(ratio: number): number {
  return Math.ceil(ratio * 1000 - 1e-6) / 1000;
}

function shapeDigest(plan: PlanNode): string {
  return createHash('sha256')
    .update(stringify(shapeOf(plan)))
    .digest('hex')
    .slice(0, 8);
}

/** The changes that another sample of ANALYZE alone can cause. */
export interface NoiseFloor {
  /** Ratios of total cost and of rows up to which a change counts as noise. */
  readonly cost: number;
  readonly rows: number;
  /** True if both plans have shapes that were measured on the same data. */
  readonly isKnownShape: boolean;
  /** The measured noise. */
  readonly noise: Noise;
}

/** The noise floor of a comparison; null if noise was not measured, or if both plans come from the same snapshot. */
export function noiseFloor({ baseline, provenance, current }: Comparison): NoiseFloor | null {
  const { noise } = baseline;
  // The same snapshot holds the same sample of ANALYZE, so noise cannot be the cause.
  if (noise === undefined || baseline.provenance.snapshot === provenance.snapshot) return null;
  return {
    cost: widened(noise.cost, noise.snapshots),
    rows: widened(noise.rows, noise.snapshots),
    isKnownShape: [baseline.plan, current].every((plan) => noise.shapes.includes(shapeDigest(plan))),
    noise,
  };
}

/**
 * Exponents for the measured ratio, for 2 to 10 and more samples: a few samples lie closer together than all possible
 * ones. Another sample exceeds the widened ratio once in ten thousand times, if the logarithms of the figures have a
 * normal distribution. Student's t with n - 1 degrees of freedom, times √2 (the baseline is a sample too), divided by the
 * mean range of n samples in standard deviations (d2 of control charts). Capped at 8, because 4 samples or fewer say
 * little.
 */
const POWERS = [8, 8, 8, 7.9, 5.4, 4.2, 3.5, 3.1, 2.8];

function widened(ratio: number, snapshots: number): number {
  return ratio ** (POWERS[Math.min(snapshots - 2, POWERS.length - 1)] ?? 1);
}

/** The noise to keep when another plan of a query is accepted; undefined if it no longer applies. */
export function keptNoise(known: BaselineBlock | null, accepted: Provenance, plan: PlanNode): Noise | undefined {
  const noise = known?.noise;
  if (noise === undefined || known?.provenance.query !== accepted.query) return undefined;
  return noise.shapes.includes(shapeDigest(plan)) ? noise : undefined;
}
