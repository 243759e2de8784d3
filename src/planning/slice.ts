/** Which part of the queries a check plans. */
export interface Slice {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** Whether the query at a place, counted from 0 over all suites, is of a slice: queries are dealt like cards. */
export function isInSlice(place: number, slice: Slice | undefined): boolean {
  return slice === undefined || place % slice.total === slice.index - 1;
}
