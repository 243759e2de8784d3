import { type Progress, SILENT } from '../../model/progress.ts';

/** How often a log gets a line of progress. */
const PLAIN_INTERVAL_MS = 10_000;

/** How often the bar is drawn again. */
const BAR_INTERVAL_MS = 80;

const BAR_WIDTH = 24;

/** The width of a terminal that does not report it. */
const USUAL_COLUMNS = 80;

/** Work that ends sooner prints no line. */
const SAID_AFTER_MS = 1000;

/** The rate is shown only after this time, when it is meaningful. */
const RATE_AFTER_MS = 1000;

/** Returns to the start of the line and erases the line. */
const CLEAR_LINE = '\r\x1b[K';

export interface ProgressOptions {
  readonly quiet: boolean;
  /** Whether stderr is a terminal that can move its cursor; only then is a bar drawn. */
  readonly terminal: boolean;
  /** Columns of the terminal. Called for each bar, because the terminal may be resized. */
  readonly columns?: () => number | undefined;
  readonly write: (text: string) => void;
}

/** Progress on stderr: a bar on a terminal, plain lines in CI and pipes, nothing but warnings with --quiet. */
export function createProgress({ quiet, terminal, columns, write }: ProgressOptions): Progress {
  if (quiet) return { ...SILENT, warn: warnTo(write) };
  return terminal ? barProgress(write, () => columns?.() || USUAL_COLUMNS) : plainProgress(write);
}

/** Whether stderr is a terminal that a bar can be drawn on. */
export function isProgressTerminal(env: NodeJS.ProcessEnv): boolean {
  const inCi = Boolean(env.CI) && env.CI !== 'false';
  return Boolean(process.stderr.isTTY) && !inCi && env.TERM !== 'dumb';
}

/** Erases an unfinished bar, so that an error starts on its own line. */
export function clearProgress(): void {
  clearBar();
}

let clearBar: () => void = () => undefined;

/** The step in progress. */
interface Step {
  readonly label: string;
  readonly total: number;
  readonly startedAt: number;
  reached: number;
  saidAt: number;
}

function startStep(label: string, total: number): Step {
  return { label, total, reached: 0, startedAt: Date.now(), saidAt: Date.now() };
}

function doneLine({ label, total, startedAt }: Step, message: string | undefined): string {
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  return `${message ?? `${label}${total > 0 ? `: ${total}` : ''}`} (${seconds} s)\n`;
}

function warnTo(write: (text: string) => void): Progress['warn'] {
  return (message, { detail, hint } = {}) => {
    const more = `${detail ? `DETAIL:  ${detail}\n` : ''}${hint ? `HINT:  ${hint}\n` : ''}`;
    write(`regress: warning: ${message}\n${more}`);
  };
}

/** Prints a permanent line, even on a terminal, because the command that is running may print output below it. */
function duringTo(write: (text: string) => void): Progress['during'] {
  return async (what, work) => {
    const timer = setTimeout(() => write(`${what} …\n`), SAID_AFTER_MS);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
    }
  };
}

function plainProgress(write: (text: string) => void): Progress {
  let step = startStep('', 0);
  return {
    start: (label, total) => {
      step = startStep(label, total);
    },
    advance: (units = 1) => {
      step.reached += units;
      if (Date.now() - step.saidAt < PLAIN_INTERVAL_MS) return;
      step.saidAt = Date.now();
      write(`${step.label}: ${step.reached}${step.total > 0 ? ` of ${step.total}` : ''}\n`);
    },
    done: (message) => write(doneLine(step, message)),
    during: duringTo(write),
    warn: warnTo(write),
  };
}

/** Draws no bar for a step of unknown length, so that commands which it runs can use the terminal. */
function barProgress(write: (text: string) => void, columns: () => number): Progress {
  let step = startStep('', 0);
  const draw = () => {
    if (step.total === 0) return;
    step.saidAt = Date.now();
    write(`${CLEAR_LINE}${bar(step, columns())}`);
    clearBar = () => {
      clearBar = () => undefined;
      write(CLEAR_LINE);
    };
  };
  return {
    start: (label, total) => {
      step = startStep(label, total);
      draw();
    },
    advance: (units = 1) => {
      step.reached += units;
      if (Date.now() - step.saidAt >= BAR_INTERVAL_MS) draw();
    },
    done: (message) => {
      clearBar();
      write(doneLine(step, message));
    },
    during: duringTo((text) => {
      clearBar();
      write(text);
    }),
    warn: (message, fields) => {
      clearBar();
      warnTo(write)(message, fields);
    },
  };
}

/** Fits one line of the terminal, because a wrapped line cannot be erased. Shortens the bar first, then the rate, then the label. */
function bar(step: Step, columns: number): string {
  const { label, total, reached } = step;
  // The last column stays free: some terminals wrap when it is written.
  const room = Math.max(0, columns - 1);
  const count = `${label} ${reached}/${total}`;
  const figures = `${reached}/${total}${rate(step)}`;
  const width = Math.min(BAR_WIDTH, room - `${label}  ${figures}`.length);
  if (width < 1) return `${count}${rate(step)}`.length <= room ? `${count}${rate(step)}` : count.slice(0, room);
  const filled = Math.min(width, Math.floor((reached / total) * width));
  return `${label} ${'━'.repeat(filled)}${'┄'.repeat(width - filled)} ${figures}`;
}

/** The rate so far, and the time left at this rate; empty if not meaningful yet. */
function rate({ total, reached, startedAt }: Step): string {
  const elapsedMs = Date.now() - startedAt;
  if (elapsedMs < RATE_AFTER_MS || reached === 0 || reached >= total) return '';
  const perSecond = (1000 * reached) / elapsedMs;
  const secondsLeft = Math.ceil((total - reached) / perSecond);
  const left = secondsLeft < 100 ? `${secondsLeft} s` : `${Math.ceil(secondsLeft / 60)} min`;
  return `, ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s, ${left} left`;
}
