import { InvalidArgumentError } from 'commander';
import type { Slice } from '../../planning/index.ts';

/** Parsers for the values of command-line options. Each throws InvalidArgumentError. */

export function toCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return Number(text);
}

export function toPattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export function toRatio(text: string): number {
  const ratio = Number(text);
  if (text.trim() === '' || !(ratio >= 0 && ratio < 1))
    throw new InvalidArgumentError('Expected a ratio from 0 to below 1, such as 0.01.');
  return ratio;
}

/** Parses a shard such as `2/3`. */
export function toSlice(text: string): Slice {
  const [, index, total] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(total))
    throw new InvalidArgumentError('Expected a shard such as 1/3.');
  return { index: Number(index), total: Number(total) };
}
