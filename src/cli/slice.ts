import { InvalidArgumentError } from 'commander';

/** Which part of the queries a check plans. */
export interface Slice {
  /** From 1. */
  readonly index: number;
  readonly total: number;
}

/** `2/3` of the command line. */
export function toSlice(text: string): Slice {
  const [, index, total] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(total)) throw new InvalidArgumentError('a shard is such as 1/3');
  return { index: Number(index), total: Number(total) };
}

/** Whether the query at a place, counted from 0 over all suites, is of a slice: queries are dealt like cards. */
export function isInSlice(place: number, slice: Slice | undefined): boolean {
  return slice === undefined || place % slice.total === slice.index - 1;
}
