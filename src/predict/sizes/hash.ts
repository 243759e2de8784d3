import { makeDice } from './dice.ts';
import { LINE_POINTER, PAGE_HEADER } from './page.ts';
import type { ValueClass } from './value-classes.ts';

/** A hash index before CREATE INDEX. */
export interface HashIndex {
  /** Rows of the whole table; the number of buckets follows from it. */
  readonly tableRows: number;
  /** Rows in the index; it leaves out NULL. */
  readonly tuples: number;
  readonly classes: readonly ValueClass[];
  /** Percent. */
  readonly fillfactor: number;
  readonly blockSize: number;
}

/** Bytes of a tuple: header and hash value, each aligned. */
const TUPLE = 16;
/** HashPageOpaqueData. */
const SPECIAL = 16;
/** Overflow pages that one bitmap page covers. */
const PAGES_OF_A_BITMAP = 32_768;
/** Limits of the simulation: with more buckets or values, it uses a part or a mean. */
const SIMULATED_BUCKETS = 4096;
const SIMULATED_VALUES = 200_000;

/** Pages of a hash index right after CREATE INDEX (_hash_init in hashpage.c, hashovfl.c). */
export function hashPages({ tableRows, tuples, classes, fillfactor, blockSize }: HashIndex): number {
  const perBucket = Math.max(10, Math.floor(Math.floor((blockSize * fillfactor) / 100) / (TUPLE + LINE_POINTER)));
  const wanted = Math.max(2, Math.ceil(Math.max(tableRows, tuples) / perBucket));
  const buckets = splitpoint(wanted);
  const perPage = Math.floor((blockSize - PAGE_HEADER - SPECIAL) / (TUPLE + LINE_POINTER));
  const overflow = overflowPages(tuples, classes, buckets, perPage);
  return 1 + buckets + overflow + Math.max(1, Math.ceil(overflow / PAGES_OF_A_BITMAP));
}

/** Number of buckets: a power of two, and from 2^10 on quarters of one (_hash_spareindex, _hash_get_totalbuckets). */
function splitpoint(wanted: number): number {
  const power = 2 ** Math.ceil(Math.log2(wanted));
  if (power < 1024) return power;
  const quarter = power / 8;
  return power / 2 + Math.ceil((wanted - power / 2) / quarter) * quarter;
}

function overflowPages(tuples: number, classes: readonly ValueClass[], buckets: number, perPage: number): number {
  const rows = bucketRows(tuples, classes, buckets);
  const overflow = rows.reduce((sum, each) => sum + Math.max(0, Math.ceil(each / perPage) - 1), 0);
  return Math.round((overflow * buckets) / rows.length);
}

/** Rows of each bucket, or of a sample of the buckets. */
function bucketRows(tuples: number, classes: readonly ValueClass[], buckets: number): number[] {
  const dice = makeDice();
  const rows: number[] = new Array(Math.min(buckets, SIMULATED_BUCKETS)).fill(0);
  const part = rows.length / buckets;
  // If the number of buckets is no power of two, the first ones are split already: they have half the rows of the
  // others.
  const low = 2 ** Math.floor(Math.log2(buckets));
  const unsplit = buckets === low ? 0 : 2 * low - buckets;
  const isUnsplit = (bucket: number) => bucket >= (buckets - low) * part && bucket < low * part;
  const bucketOf = () => {
    if (unsplit === 0) return Math.floor(dice.roll() * rows.length);
    const hash = Math.floor(dice.roll() * 2 * low * part);
    return Math.min(rows.length - 1, hash < rows.length ? hash : Math.max(0, hash - Math.floor(low * part)));
  };
  for (const { share, values } of classes) {
    const each = (tuples * share) / values;
    if (each < 0.2 || values * part > SIMULATED_VALUES) {
      const mean = tuples * share;
      rows.forEach((_, bucket) => {
        const shareHere = unsplit === 0 ? 1 / buckets : (isUnsplit(bucket) ? 2 : 1) / (2 * low);
        rows[bucket] = (rows[bucket] ?? 0) + dice.count(mean * shareHere);
      });
    } else {
      for (let value = 0; value < values * part; value++) {
        const bucket = bucketOf();
        rows[bucket] = (rows[bucket] ?? 0) + (values <= 1 ? Math.round(each) : dice.count(each));
      }
    }
  }
  return rows;
}
