import type { PlanResult, Rehearsal } from '../../model/result.ts';
import { comparePlans } from '../trees/compare-plans.ts';

/** Summarizes how plans on another major compare with those accepted on the snapshot's; null if the majors are equal. */
export function summarizeRehearsal(
  results: readonly PlanResult[],
  majors: Pick<Rehearsal, 'source' | 'target'>,
): Rehearsal | null {
  if (majors.source === majors.target) return null;
  const pairs = results.flatMap(({ baseline, baselineMajor, current }) =>
    baseline === null || current === null || baselineMajor !== majors.source ? [] : [{ baseline, current }],
  );
  const sameShape = pairs.filter(
    ({ baseline, current }) => comparePlans(baseline.plan, current.plan).shapeChanges.length === 0,
  );
  const ratios = pairs.flatMap(({ baseline, current }) =>
    baseline.totalCost > 0 ? [current.totalCost / baseline.totalCost] : [],
  );
  return { ...majors, compared: pairs.length, sameShape: sameShape.length, costRatio: spread(ratios) };
}

/** Least, median and greatest ratio. The median of an even number is the upper of the two middle ones, a measured ratio. */
function spread(ratios: readonly number[]): Rehearsal['costRatio'] {
  const sorted = [...ratios].sort((a, b) => a - b);
  const [least, median, greatest] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  if (least === undefined || median === undefined || greatest === undefined) return null;
  return { least, median, greatest };
}
