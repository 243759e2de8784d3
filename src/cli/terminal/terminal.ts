import type { Context } from './context.ts';

/** Questions to people: where they can be asked, and what is left when somebody wants no more. */

/** The conventional status of what Ctrl-C ended. */
export const CANCELLED = 130;

/** Questions are no results, so they are not on stdout. */
export const output = process.stderr;

/** Questions are for people: not for CI, and not where either end is no terminal. */
export function canAsk({ ci }: Pick<Context, 'ci'>): boolean {
  return !ci && Boolean(process.stdin.isTTY) && Boolean(process.stderr.isTTY);
}
