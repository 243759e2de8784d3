import { type Dice, makeDice } from './dice.ts';
import { LINE_POINTER, maxAlign, PAGE_HEADER, ROW_ADDRESS } from './page.ts';
import { indexTupleSizes } from './tuple-sizes.ts';
import type { KeyClass } from './value-classes.ts';

/** How the leaves of a B-tree are filled. */
export interface LeafRules {
  /** True where equal keys share one tuple. */
  readonly deduplicates: boolean;
  /** Percent. */
  readonly fillfactor: number;
  /** Bytes of a page. */
  readonly blockSize: number;
}

/** Leaves of a B-tree; fractions of a page count. */
export interface Leaves {
  readonly pages: number;
  /** Bounds between two leaves that have the same key at both sides, and the bytes of these keys. */
  readonly sameKey: number;
  readonly sameKeyBytes: number;
}

/** BTPageOpaqueData. */
export const SPECIAL = 16;

/** So many leaves tell how full the others are. */
const SIMULATED_PAGES = 60;
const SIMULATED_ITEMS = 20_000;

/**
 * Leaves that CREATE INDEX fills with so many rows: for each class of keys some pages are filled by the rules of
 * _bt_buildadd and _bt_load (nbtsort.c), with values drawn from the class.
 */
export function btreeLeaves(classes: readonly KeyClass[], rows: number, rules: LeafRules): Leaves {
  let [pages, sameKey, sameKeyBytes] = [0, 0, 0];
  for (const each of classes) {
    const filled = fill(each, rows * each.share, rules, makeDice());
    pages += filled.pages;
    sameKey += filled.sameKey;
    sameKeyBytes += filled.sameKeyBytes;
  }
  return { pages, sameKey, sameKeyBytes };
}

function fill({ values, states }: KeyClass, rows: number, rules: LeafRules, dice: Dice): Leaves {
  const sizes = [...indexTupleSizes(states)];
  const expected = rows / values;
  const page = new LeafPages(rules);
  let filled = 0;
  while (filled < rows && page.pages < SIMULATED_PAGES && page.items < SIMULATED_ITEMS) {
    const count = values <= 1 ? Math.round(rows) : expected < 0.001 ? 1 : dice.count(expected);
    const size = sizes.length === 1 ? (sizes[0]?.[0] ?? 0) : dice.pick(sizes);
    filled += rules.deduplicates ? page.addEqual(count, size) : page.addEach(count, size);
    if (count === 0 && expected < 1e-9) break;
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

/** Pages that tuples are added to in order. */
class LeafPages {
  pages = 0;
  items = 0;
  private used = 0;
  /** Bytes of the last tuple, and of them its posting list's. */
  private lastBytes = 0;
  private lastExtra = 0;
  private lastIsFirst = true;
  sameKey = 0;
  sameKeyBytes = 0;
  private readonly room: number;
  private readonly reserved: number;
  private readonly longest: number;

  constructor({ fillfactor, blockSize }: LeafRules) {
    // A place for the bound of the page, and one that PageGetFreeSpace keeps.
    this.reserved = targetFreeSpace(blockSize, fillfactor);
    this.room = blockSize - PAGE_HEADER - SPECIAL - 2 * LINE_POINTER - this.reserved;
    // A posting list takes a tenth of a page at most.
    const most = Math.floor(Math.floor(blockSize / 10) / 8) * 8 - LINE_POINTER;
    this.longest = Math.floor(most / 8) * 8;
  }

  /** Adds equal keys as posting lists. Returns how many rows it added: no more than matter. */
  addEqual(count: number, size: number): number {
    const most = Math.max(1, Math.floor((this.longest - size) / ROW_ADDRESS));
    let left = count;
    while (left > 0 && this.pages < SIMULATED_PAGES) {
      const rows = Math.min(left, most);
      this.add(rows === 1 ? size : maxAlign(size + rows * ROW_ADDRESS), size, left === count);
      left -= rows;
    }
    return count - left;
  }

  addEach(count: number, size: number): number {
    let left = count;
    while (left > 0 && this.pages < SIMULATED_PAGES) {
      this.add(size, size, left === count);
      left--;
    }
    return count - left;
  }

  /** Pages so far, and how full the last one is. */
  fraction(): number {
    return this.pages + Math.min(1, this.used / this.room);
  }

  /**
   * _bt_buildadd begins another page when less than the fillfactor's share is free, and takes the last tuple along:
   * without its posting list, which does not count, that tuple stays behind as the bound of the page.
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
