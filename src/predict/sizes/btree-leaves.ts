import { makeDice } from './dice.ts';
import { LINE_POINTER, maxAlign, PAGE_HEADER, ROW_ADDRESS } from './page.ts';
import { indexTupleSizes } from './tuple-sizes.ts';
import type { KeyClass } from './value-classes.ts';

/** Rules by which CREATE INDEX fills the leaves of a B-tree. */
export interface LeafRules {
  /** True if equal keys share one tuple. */
  readonly deduplicates: boolean;
  /** Percent. */
  readonly fillfactor: number;
  /** Bytes of a page. */
  readonly blockSize: number;
}

/** Leaves of a B-tree. Numbers may be fractions. */
export interface Leaves {
  readonly pages: number;
  /** Number of bounds between two leaves with the same key on both sides, and the total bytes of these keys. */
  readonly sameKey: number;
  readonly sameKeyBytes: number;
}

/** BTPageOpaqueData. */
export const SPECIAL = 16;

/** Limits of a simulation; the result is scaled up to the other leaves. */
const SIMULATED_PAGES = 60;
const SIMULATED_ITEMS = 20_000;
/** Up to this many posting lists, all values are simulated, in an order that mixes the classes. */
const MIXED_ITEMS = 60_000;
/** If fewer rows than this are expected per value, a value hardly ever occurs twice. */
const RARE = 0.05;

/**
 * Leaves that CREATE INDEX fills with a number of rows. Simulates _bt_buildadd and _bt_load (nbtsort.c) with values
 * drawn from the classes of keys.
 */
export function btreeLeaves(classes: readonly KeyClass[], rows: number, rules: LeafRules): Leaves {
  const items = (each: KeyClass) => each.values + (rows * each.share * ROW_ADDRESS) / (rules.blockSize / 10);
  const mixed: KeyClass[] = [];
  let left = rules.deduplicates ? MIXED_ITEMS : 0;
  for (const each of [...classes].sort((a, b) => items(a) - items(b))) {
    left -= items(each);
    if (left >= 0) mixed.push(each);
  }
  const alone = classes.filter((each) => !mixed.includes(each));
  return sumOf([fillMixed(mixed, rows, rules), ...alone.map((each) => fillAlone(each, rows * each.share, rules))]);
}

function sumOf(parts: readonly Leaves[]): Leaves {
  const sum = (figure: keyof Leaves) => parts.reduce((total, part) => total + part[figure], 0);
  return { pages: sum('pages'), sameKey: sum('sameKey'), sameKeyBytes: sum('sameKeyBytes') };
}

/** Simulates all values of some classes, in random order. */
function fillMixed(classes: readonly KeyClass[], rows: number, rules: LeafRules): Leaves {
  const dice = makeDice();
  const keys = classes.flatMap(({ share, values, states }) => {
    const sizes = [...indexTupleSizes(states)];
    const expected = (rows * share) / values;
    return Array.from({ length: Math.max(1, Math.round(values)) }, () => ({
      count: values <= 1 ? Math.round(rows * share) : dice.count(expected),
      size: dice.pick(sizes),
      place: dice.roll(),
    }));
  });
  const page = new LeafPages(rules, Number.POSITIVE_INFINITY);
  for (const { count, size } of keys.sort((a, b) => a.place - b.place)) page.addEqual(count, size);
  return { pages: page.fraction(), sameKey: page.sameKey, sameKeyBytes: page.sameKeyBytes };
}

/** Simulates some values of one class, and scales the result up to all of them. */
function fillAlone({ values, states }: KeyClass, rows: number, rules: LeafRules): Leaves {
  const dice = makeDice();
  const sizes = [...indexTupleSizes(states)];
  const expected = rows / values;
  const page = new LeafPages(rules, SIMULATED_PAGES);
  let filled = 0;
  while (filled < rows && page.pages < SIMULATED_PAGES && page.items < SIMULATED_ITEMS) {
    const rare = 1 + (dice.roll() < expected / 2 ? 1 : 0);
    const count = values <= 1 ? Math.round(rows) : expected < RARE ? rare : dice.count(expected);
    const size = dice.pick(sizes);
    filled += rules.deduplicates ? page.addEqual(count, size) : page.addEach(count, size);
    if (values <= 1 && count === 0) break;
  }
  const scale = filled === 0 ? 0 : rows / filled;
  return {
    pages: page.fraction() * scale,
    sameKey: page.sameKey * scale,
    sameKeyBytes: page.sameKeyBytes * scale,
  };
}

/** BTGetTargetPageFreeSpace (nbtree.h). */
export function targetFreeSpace(blockSize: number, fillfactor: number): number {
  return Math.floor((blockSize * (100 - fillfactor)) / 100);
}

/** Pages of leaves, to which tuples are added in order. */
class LeafPages {
  pages = 0;
  items = 0;
  private used = 0;
  /** Bytes of the last tuple, and how many of these belong to its posting list. */
  private lastBytes = 0;
  private lastExtra = 0;
  private lastIsFirst = true;
  sameKey = 0;
  sameKeyBytes = 0;
  private readonly room: number;
  private readonly reserved: number;
  private readonly longest: number;
  private readonly most: number;

  constructor({ fillfactor, blockSize }: LeafRules, most: number) {
    this.most = most;
    // One line pointer for the page's bound, and one that PageGetFreeSpace reserves.
    this.reserved = targetFreeSpace(blockSize, fillfactor);
    this.room = blockSize - PAGE_HEADER - SPECIAL - 2 * LINE_POINTER - this.reserved;
    // A posting list takes at most a tenth of a page.
    this.longest = Math.floor((Math.floor(Math.floor(blockSize / 10) / 8) * 8 - LINE_POINTER) / 8) * 8;
  }

  /** Adds equal keys as posting lists. Returns how many rows it added: it stops at the limit of pages. */
  addEqual(count: number, size: number): number {
    const longest = Math.max(1, Math.floor((this.longest - size) / ROW_ADDRESS));
    let left = count;
    while (left > 0 && this.pages < this.most) {
      const rows = Math.min(left, longest);
      this.add(rows === 1 ? size : maxAlign(size + rows * ROW_ADDRESS), size, left === count);
      left -= rows;
    }
    return count - left;
  }

  /** Adds equal keys as one tuple each. Returns how many rows it added: it stops at the limit of pages. */
  addEach(count: number, size: number): number {
    let left = count;
    while (left > 0 && this.pages < this.most) {
      this.add(size, size, left === count);
      left--;
    }
    return count - left;
  }

  /** Pages so far; the last one counts as far as it is full. */
  fraction(): number {
    return this.pages + Math.min(1, this.used / this.room);
  }

  /**
   * Adds a tuple. _bt_buildadd starts another page when the fillfactor is reached, and moves the last tuple there. A
   * copy without its posting list stays behind as the bound of the full page.
   */
  private add(size: number, keySize: number, isFirst: boolean): void {
    const free = this.room + this.reserved - this.used;
    if (this.used - this.lastExtra > this.room || free < size + maxAlign(ROW_ADDRESS)) {
      this.pages++;
      this.used = this.lastBytes;
      if (!this.lastIsFirst) {
        this.sameKey++;
        this.sameKeyBytes += this.lastBytes - this.lastExtra - LINE_POINTER;
      }
    }
    this.used += size + LINE_POINTER;
    this.lastBytes = size + LINE_POINTER;
    this.lastExtra = size - keySize;
    this.lastIsFirst = isFirst;
    this.items++;
  }
}
