import type { Context } from './context.ts';

/** Prompts on the terminal. */

/** Exit status after Ctrl-C, by convention. */
export const CANCELLED = 130;

/** Prompts go to stderr, because stdout is for results. */
export const output = process.stderr;

/** Whether there is a person to ask: not in CI, and only if stdin and stderr are terminals. */
export function canAsk({ ci }: Pick<Context, 'ci'>): boolean {
  return !ci && Boolean(process.stdin.isTTY) && Boolean(process.stderr.isTTY);
}
