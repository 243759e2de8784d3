import type { Command } from 'commander';
import type { Context, GlobalOptions } from './context.ts';

/** What the declarations of commands share. */

/** Takes the exit status of a command. */
export type Ends = (status: number) => void;

/** What goes with every command. */
export function globals(command: Command): GlobalOptions {
  const options = command.optsWithGlobals();
  // commander's default for a negatable option is true; only a flag that was given decides.
  const given = command.getOptionValueSourceWithGlobals('color') === 'cli';
  const { color, ...others } = options;
  return given ? { ...others, color } : others;
}

/** Loaded with the command, so that --help answers at once. */
export async function contextOf(command: Command): Promise<Context> {
  const { createContext } = await import('./context.ts');
  return createContext(globals(command));
}

/** Options of the commands that plan. */
export function planningOptions(command: Command): Command {
  return command
    .option('--target <url>', 'server to plan on (default: target.url, REGRESS_TARGET_URL, else a throwaway server)')
    .option('--snapshot <directory>', 'snapshot to plan with (default: snapshot of the configuration)')
    .option('--pg-config <path>', 'pg_config of the PostgreSQL of the throwaway server')
    .option('--allow-data', 'use also a database whose tables hold rows')
    .option('--no-prepare-run', 'refuse commands of target.prepare: the schema is built from SQL alone');
}

/** The end of a --help. */
export function example(...commands: string[]): string {
  return `\nExample${commands.length === 1 ? '' : 's'}:\n${commands.map((command) => `  ${command}\n`).join('')}`;
}
