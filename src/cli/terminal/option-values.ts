import { InvalidArgumentError } from 'commander';
import type { Slice } from '../../planning/index.ts';

/** Values of options on the command line, checked while it is read. Each throws InvalidArgumentError. */

export function toCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on');
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
  if (text.trim() === '' || !(ratio >= 0 && ratio < 1)) throw new InvalidArgumentError('a ratio is from 0 to below 1');
  return ratio;
}

/** `2/3` of the command line. */
export function toSlice(text: string): Slice {
  const [, index, total] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(total)) throw new InvalidArgumentError('a shard is such as 1/3');
  return { index: Number(index), total: Number(total) };
}
