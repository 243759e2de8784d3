import type { GinKeys } from '../sizes/gin.ts';
import { keyWidth } from './gin-samples.ts';
import type { ColumnFacts, IndexColumn } from './index-facts.ts';

/** Keys of a column, from ANALYZE's statistics of elements. */
export interface Counted {
  /** One entry for each of the most common elements. */
  readonly common: readonly GinKeys[];
  /** Share of the rows that hold the rarest common element. */
  readonly least: number;
  /** Mean number of other keys per row. */
  readonly rest: number;
  /** Mean bytes of a key as stored. */
  readonly width: number;
}

/** Returns null if the column has no statistics of elements. */
export function countedKeys(column: ColumnFacts | undefined, index: IndexColumn, rows: number): Counted | null {
  const { elements, element_frequencies, element_counts, null_frac, avg_width } = column?.statistics ?? {};
  if (!elements || !element_frequencies || null_frac === undefined || avg_width === undefined) return null;
  const present = 1 - null_frac;
  const keys = elements.map((key, i) => ({ key, share: (element_frequencies[i] ?? 0) * present }));
  const sum = keys.reduce((total, { share }) => total + share, 0);
  const width = keyWidth(keys, index);
  // There is no count of words for a tsvector: it follows from the bytes, with one or two positions per word.
  const mean = element_counts?.at(-1) ?? (avg_width - 8) / (width + 8);
  return {
    common: keys.map((key) => ({ keys: 1, rows: key.share * rows, width: keyWidth([key], index) })),
    least: Math.min(...keys.map(({ share }) => share)),
    rest: Math.max(0, mean * present - sum),
    width,
  };
}

/** Most steps of the tail. The keys of each step are half as frequent as those of the step before. */
const HALVINGS = 40;

/**
 * Extrapolates keys beyond the common ones: frequencies fall with a power of the rank (Zipf's law), which the second
 * half of the common keys gives.
 */
export function zipfTail({ common, rest, width }: Counted, rows: number): GinKeys[] {
  const falling = common.map((each) => each.rows).sort((a, b) => b - a);
  const last = falling.at(-1) ?? 1;
  const middle = falling[Math.floor(falling.length / 2)] ?? last;
  const power = Math.min(2, Math.max(0.3, Math.log2(middle / last)));
  const result: GinKeys[] = [];
  let [left, rank, frequency] = [rest * rows, falling.length, last];
  for (let step = 0; step < HALVINGS && left > 0 && frequency > 1; step++) {
    const next = rank * 2 ** (1 / power);
    const mean = Math.max(1, frequency * 0.7);
    const keys = Math.min(next - rank, left / mean);
    result.push({ keys, rows: mean, width });
    left -= keys * mean;
    rank = next;
    frequency /= 2;
  }
  return left > 0 ? [...result, { keys: left, rows: 1, width }] : result;
}
