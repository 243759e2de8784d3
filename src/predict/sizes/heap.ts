import { LINE_POINTER, PAGE_HEADER } from './page.ts';
import { meanSize, rowSizes, type StoredColumn, type TupleStates, type WidthShare, withColumn } from './tuple-sizes.ts';

/** A column of a table that does not exist yet. */
export interface TableColumn extends StoredColumn {
  readonly widths: readonly WidthShare[];
}

/** Bytes of a row above which its long values move to the TOAST table (TOAST_TUPLE_TARGET, heaptoast.h). */
const TOAST_TARGET = 2032;

/** Pages of a table with a number of rows, and no dead ones (RelationGetBufferForTuple, hio.c). */
export function tablePages(
  rows: number,
  columns: readonly TableColumn[],
  { fillfactor, blockSize }: { readonly fillfactor: number; readonly blockSize: number },
): number {
  const none: TupleStates = new Map([[0, 1]]);
  const states = columns.reduce((before, column) => withColumn(before, column, column.widths), none);
  const row = Math.min(TOAST_TARGET, meanSize(rowSizes(states, columns.length))) + LINE_POINTER;
  const room = blockSize - PAGE_HEADER - Math.floor((blockSize * (100 - fillfactor)) / 100);
  return Math.ceil(rows / Math.max(1, Math.floor(room / row)));
}
