import type { GinKeys } from '../sizes/gin.ts';
import { keyWidth } from './gin-samples.ts';
import type { ColumnFacts, IndexColumn } from './index-facts.ts';

/** Elements as ANALYZE has counted them. */
export interface Counted {
  readonly common: readonly GinKeys[];
  /** Least share of the rows that one of them has. */
  readonly least: number;
  /** Keys a row has beyond them, on average. */
  readonly rest: number;
  readonly width: number;
}

export function countedKeys(column: ColumnFacts | undefined, index: IndexColumn, rows: number): Counted | null {
  const { elements, element_frequencies, element_counts, null_frac, avg_width } = column?.statistics ?? {};
  if (!elements || !element_frequencies || null_frac === undefined || avg_width === undefined) return null;
  const present = 1 - null_frac;
  const keys = elements.map((key, i) => ({ key, share: (element_frequencies[i] ?? 0) * present }));
  const sum = keys.reduce((total, { share }) => total + share, 0);
  const width = keyWidth(keys, index);
  // A tsvector tells no number of its words: that follows from its bytes, with a place or two for each word.
  const mean = element_counts?.at(-1) ?? (avg_width - 8) / (width + 8);
  return {
    common: keys.map((key) => ({ keys: 1, rows: key.share * rows, width: keyWidth([key], index) })),
    least: Math.min(...keys.map(({ share }) => share)),
    rest: Math.max(0, mean * present - sum),
    width,
  };
}

/** Each step of the tail has keys half as frequent as the one before. */
const HALVINGS = 40;

/** Frequencies fall with a power of the rank (Zipf's law), as those of the second half of the common keys do. */
export function tail({ common, rest, width }: Counted, rows: number): GinKeys[] {
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
