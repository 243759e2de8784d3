import type { RunContext } from '../planning/index.ts';
import { visibleLines } from '../report/index.ts';
import { createProgress, isProgressTerminal } from './progress.ts';
import { packageVersion } from './version.ts';

/** Options every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  /** A project of a regress.yaml that has several. */
  readonly project?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** What a command needs of the process it runs in. */
export interface Context extends RunContext {
  readonly version: string;
  readonly ci: boolean;
  readonly color: boolean;
  /** Columns of stdout, 80 where unknown. */
  readonly width: number;
  /** Writes a result. */
  print(text: string): void;
}

/** The context of the current process. */
export function createContext(options: GlobalOptions): Context {
  const { env } = process;
  const quiet = options.quiet ?? false;
  const progress = createProgress({
    quiet,
    terminal: isProgressTerminal(env),
    columns: () => process.stderr.columns,
    write: (text) => void process.stderr.write(text),
  });
  return {
    version: packageVersion(),
    env,
    ci: Boolean(env.CI) && env.CI !== 'false',
    color: wantsColor(options.color, env),
    width: process.stdout.columns || 80,
    verbose: options.verbose ?? false,
    // Warnings quote what stands in databases.
    progress: { ...progress, warn: (message) => progress.warn(visibleLines(message)) },
    print: (text) => void process.stdout.write(text),
    say: (text) => {
      if (!quiet) process.stderr.write(`${text}\n`);
    },
  };
}

/** --color and --no-color win, then NO_COLOR, FORCE_COLOR, and whether stdout is a terminal. */
function wantsColor(flag: boolean | undefined, env: NodeJS.ProcessEnv): boolean {
  if (flag !== undefined) return flag;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return Boolean(process.stdout.isTTY) && env.TERM !== 'dumb';
}
