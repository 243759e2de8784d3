import type { StatisticsSlot } from '../../model/snapshot.ts';
import { readNumbers } from './array-text.ts';
import type { Mistake } from './slot-types.ts';

/** PostGIS's histograms: STATISTIC_KIND_ND and STATISTIC_KIND_2D (gserialized_estimate.c). */
const POSTGIS = [102, 103];
/** Of its ND_STATS: four dimensions at most, and so many numbers before the cells. */
const [ND_DIMENSIONS, ND_HEADER] = [4, 19];

/** What only an extension reads: numbers, whose layout is known of PostGIS's alone. */
export function foreignMistake({ stakind, staop, stacoll, stanumbers, stavalues, elemtype }: StatisticsSlot): Mistake {
  if (stavalues !== null || elemtype !== null)
    return "only numbers can be proven of an extension's kind, and it has values";
  if (staop !== null || stacoll !== null)
    return "only numbers can be proven of an extension's kind, and it has an operator";
  const numbers = stanumbers === null ? null : readNumbers(stanumbers);
  if (numbers === null || numbers.length === 0) return 'stanumbers is not a 1-D float4 array of finite numbers';
  if (!POSTGIS.includes(stakind)) return null;
  const [dimensions = 0, ...rest] = numbers;
  const sizes = rest.slice(0, ND_DIMENSIONS).slice(0, dimensions);
  const isWhole = [dimensions, ...sizes].every((size) => Number.isInteger(size) && size >= 1);
  const cells = sizes.reduce((product, size) => product * size, 1);
  const fits = isWhole && dimensions <= ND_DIMENSIONS && numbers.length >= ND_HEADER + cells;
  return fits ? null : 'its numbers are no histogram of PostGIS';
}
