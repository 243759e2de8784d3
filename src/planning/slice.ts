/** The part of the queries that a check plans. */
export interface Slice {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** Whether the query at this position, counted from 0 over all suites, is in a slice. Queries are dealt out in turn. */
export function isInSlice(place: number, slice: Slice | undefined): boolean {
  return slice === undefined || place % slice.total === slice.index - 1;
}
