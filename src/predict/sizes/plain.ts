import { LINE_POINTER, maxAlign, PAGE_HEADER } from './page.ts';

/** A GiST or SP-GiST index: what its keys do to the shape of the tree is not modelled. */
export interface PlainIndex {
  readonly am: 'gist' | 'spgist';
  readonly tuples: number;
  /** Mean bytes of all keys together as stored, alignment included. */
  readonly width: number;
  /** True where GiST sorts the rows before it packs them (an operator class with sortsupport, from 14 on). */
  readonly sorted: boolean;
  /** True where GiST's keys are sets (words, trigrams), whose pages split unevenly and are filled again. */
  readonly sets: boolean;
  /** True where keys are strings: SP-GiST stores what comes after the prefixes of the tree. */
  readonly text: boolean;
  readonly blockSize: number;
}

const SPECIAL = 16;
const GIST_HEADER = 8;
/** SGLTHDRSZ. */
const SPGIST_HEADER = 16;
/** How full pages are: those of GiST that split and are not filled again, those packed by order, those of sets, and those of SP-GiST. */
const SPLIT_FILL = 0.5;
const SORTED_FILL = 0.65;
const SETS_FILL = 0.72;
const SPGIST_FILL = 0.72;
/** The part of a string that is left for the leaves of SP-GiST. */
const SUFFIX = 0.5;

/** Pages by the size of a leaf's tuple and how full pages usually are: a plain estimate. */
export function plainPages({ am, tuples, width, sorted, sets, text, blockSize }: PlainIndex): number {
  const room = blockSize - PAGE_HEADER - SPECIAL;
  if (am === 'spgist') {
    const tuple = maxAlign(SPGIST_HEADER + (text ? width * SUFFIX : width)) + LINE_POINTER;
    // Metapage, and the roots of the tree and of the tree of nulls.
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
