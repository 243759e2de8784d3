import { packageVersion } from '../../about/index.ts';
import type { CheckContext } from '../../judging/index.ts';
import type { Progress } from '../../model/progress.ts';
import { idleCommands, idleLine, idleLines } from '../../report/index.ts';
import { createProgress, isProgressTerminal } from './progress.ts';

/** Options every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  /** A project of a regress.yaml that has several. */
  readonly project?: string;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** The environment, streams and settings that a command runs with. */
export interface Context extends CheckContext {
  readonly color: boolean;
  /** Columns of stdout; 80 if not known. */
  readonly width: number;
  /** Writes a result to stdout. On GitHub Actions, text that looks like a workflow command is escaped unless `kind` is `commands`. */
  print(text: string, kind?: 'commands'): void;
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
    progress: readable(progress),
    print: (text, kind) => {
      const mustEscape = env.GITHUB_ACTIONS === 'true' && kind !== 'commands';
      process.stdout.write(mustEscape ? idleCommands(text) : text);
    },
    say: (text) => {
      if (!quiet) process.stderr.write(`${idleLines(text)}\n`);
    },
  };
}

/** Escapes control characters and workflow commands in labels and warnings, which quote texts from files and databases. */
function readable(progress: Progress): Progress {
  return {
    ...progress,
    start: (label, total) => progress.start(idleLine(label), total),
    done: (message) => progress.done(message === undefined ? undefined : idleLine(message)),
    during: (what, work) => progress.during(idleLine(what), work),
    warn: (message, { detail, hint } = {}) =>
      progress.warn(idleLine(message), { detail: detail && idleLines(detail), hint: hint && idleLines(hint) }),
  };
}

/** In this order: --color and --no-color, NO_COLOR, FORCE_COLOR, and whether stdout is a terminal. */
function wantsColor(flag: boolean | undefined, env: NodeJS.ProcessEnv): boolean {
  if (flag !== undefined) return flag;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return Boolean(process.stdout.isTTY) && env.TERM !== 'dumb';
}
