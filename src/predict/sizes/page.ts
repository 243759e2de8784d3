/** Bytes of a page header (SizeOfPageHeaderData, storage/bufpage.h). */
export const PAGE_HEADER = 24;
/** Bytes of a line pointer (ItemIdData). */
export const LINE_POINTER = 4;
/** Bytes of an index tuple before its columns (IndexTupleData), without and with a null bitmap. */
export const INDEX_TUPLE_HEADER = 8;
export const INDEX_TUPLE_HEADER_WITH_NULLS = 16;
/** Bytes of a row address (ItemPointerData). */
export const ROW_ADDRESS = 6;

/** Rounds up to a multiple of 8, as MAXALIGN does on 64-bit machines. */
export function maxAlign(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Rounds up to a multiple of an alignment of 1, 2, 4 or 8 bytes. */
export function alignTo(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** The value of a storage parameter (pg_class.reloptions), such as `fillfactor`; null if it is not set. */
export function storageParameter(reloptions: readonly string[], name: string): string | null {
  const found = reloptions.find((option) => option.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}
