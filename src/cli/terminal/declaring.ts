import type { Command } from 'commander';
import type { Context, GlobalOptions } from './context.ts';

/** Helpers for the declarations of commands. */

/** Callback that receives the exit status of a command. */
export type SetStatus = (status: number) => void;

/** The global options given to a command. */
export function globalOptions(command: Command): GlobalOptions {
  const options = command.optsWithGlobals();
  // commander's default for a negatable option is true, so `color` counts only if a flag was given.
  const given = command.getOptionValueSourceWithGlobals('color') === 'cli';
  const { color, ...others } = options;
  return given ? { ...others, color } : others;
}

/** Loads the context only when a command runs, to keep --help fast. */
export async function contextOf(command: Command): Promise<Context> {
  const { createContext } = await import('./context.ts');
  return createContext(globalOptions(command));
}

/** Adds the options that all planning commands share. */
export function planningOptions(command: Command): Command {
  return command
    .option('--target <url>', 'server to plan on (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--snapshot <directory>', 'snapshot to plan with (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL for the throwaway server')
    .option('--allow-data', 'use the target even if its tables contain rows')
    .option('--no-prepare-run', 'refuse commands in target.prepare; allow only SQL files');
}

/** The examples at the end of a --help text. */
export function example(...commands: string[]): string {
  return `\nExample${commands.length === 1 ? '' : 's'}:\n${commands.map((command) => `  ${command}\n`).join('')}`;
}
