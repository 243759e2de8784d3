import { LINE_POINTER, maxAlign, PAGE_HEADER } from './page.ts';

/** A GiST or SP-GiST index before CREATE INDEX. How its keys shape the tree is not modelled. */
export interface PlainIndex {
  readonly am: 'gist' | 'spgist';
  readonly tuples: number;
  /** Mean bytes of all keys of a tuple as stored, with alignment. */
  readonly width: number;
  /** True if GiST sorts the rows before it packs them (operator classes with sortsupport, since 14). */
  readonly sorted: boolean;
  /** True if GiST's keys are sets (words, trigrams): their pages split unevenly and fill up again. */
  readonly sets: boolean;
  /** True if keys are strings: SP-GiST stores only the part after the prefixes in the tree. */
  readonly text: boolean;
  readonly blockSize: number;
}

const SPECIAL = 16;
const GIST_HEADER = 8;
/** SGLTHDRSZ. */
const SPGIST_HEADER = 16;
/** How full pages are: after a GiST split, if GiST sorts rows, if its keys are sets, and for SP-GiST. */
const SPLIT_FILL = 0.5;
const SORTED_FILL = 0.65;
const SETS_FILL = 0.72;
const SPGIST_FILL = 0.72;
/** The part of a string that SP-GiST stores in its leaves. */
const SUFFIX = 0.5;

/** Makes a rough estimate of pages, from the size of a leaf's tuple and how full pages usually are. */
export function plainPages({ am, tuples, width, sorted, sets, text, blockSize }: PlainIndex): number {
  const room = blockSize - PAGE_HEADER - SPECIAL;
  if (am === 'spgist') {
    const tuple = maxAlign(SPGIST_HEADER + (text ? width * SUFFIX : width)) + LINE_POINTER;
    // The metapage, the root of the tree and the root of the tree for nulls.
    return 3 + Math.ceil((tuples * tuple) / (room * SPGIST_FILL));
  }
  const tuple = maxAlign(GIST_HEADER + width) + LINE_POINTER;
  const fill = sorted ? SORTED_FILL : sets ? SETS_FILL : SPLIT_FILL;
  let level = Math.max(1, Math.ceil((tuples * tuple) / (room * fill)));
  let pages = level;
  while (level > 1) {
    level = Math.ceil(level / Math.max(2, Math.floor((room * SPLIT_FILL) / tuple)));
    pages += level;
  }
  return pages;
}
