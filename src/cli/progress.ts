import { progress as clackProgress } from '@clack/prompts';
import type { Progress } from '../model/progress.ts';

/** A line every so often is enough in a log. */
const PLAIN_INTERVAL_MS = 10_000;

export interface ProgressOptions {
  readonly quiet: boolean;
  /** A bar is drawn only on a terminal that can move its cursor. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
}

/** Progress on stderr: a bar on a terminal, plain lines in CI and pipes, nothing but warnings with --quiet. */
export function createProgress(options: ProgressOptions): Progress {
  const warn = (message: string) => options.write(`regress: warning: ${message}\n`);
  if (options.quiet) return { start: () => undefined, advance: () => undefined, done: () => undefined, warn };
  return options.terminal ? barProgress(warn) : plainProgress(options.write, warn);
}

/** Whether stderr is a terminal a bar may be drawn on. */
export function isProgressTerminal(env: NodeJS.ProcessEnv): boolean {
  const inCi = Boolean(env.CI) && env.CI !== 'false';
  return Boolean(process.stderr.isTTY) && !inCi && env.TERM !== 'dumb';
}

function plainProgress(write: (text: string) => void, warn: (message: string) => void): Progress {
  let step = { label: '', total: 0, reached: 0, startedAt: 0, saidAt: 0 };
  return {
    start: (label, total) => {
      step = { label, total, reached: 0, startedAt: Date.now(), saidAt: Date.now() };
    },
    advance: (units = 1) => {
      step.reached += units;
      if (Date.now() - step.saidAt < PLAIN_INTERVAL_MS) return;
      step.saidAt = Date.now();
      write(`${step.label}: ${step.reached}${step.total > 0 ? ` of ${step.total}` : ''}\n`);
    },
    done: (message) => {
      const seconds = ((Date.now() - step.startedAt) / 1000).toFixed(1);
      write(`${message ?? `${step.label}${step.total > 0 ? `: ${step.total}` : ''}`} (${seconds} s)\n`);
    },
    warn,
  };
}

function barProgress(warn: (message: string) => void): Progress {
  let bar: ReturnType<typeof clackProgress> | undefined;
  let label = '';
  return {
    start: (text, total) => {
      label = text;
      bar = clackProgress({ max: Math.max(total, 1), output: process.stderr });
      bar.start(text);
    },
    advance: (units = 1) => bar?.advance(units),
    done: (message) => {
      bar?.stop(message ?? label);
      bar = undefined;
    },
    warn,
  };
}
