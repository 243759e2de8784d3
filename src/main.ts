#!/usr/bin/env node

import { runCleanups } from './cleanup/index.ts';

/** Exit status of a process ended by a signal: 128 plus the number of the signal. */
const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** One Ctrl-C can arrive twice, from the shell and from npm. A third signal ends the process without cleanups. */
const SIGNALS_TO_END_AT_ONCE = 3;

let signals = 0;
/** True once the process is ending, even if work is still running. */
let ending = false;

// Installed before the code is loaded, so that a signal during loading has the same effect as later.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  // `on`, not `once`: without a listener of ours, execa's listener would end the process before the cleanups are done.
  process.on(signal, () => {
    signals += 1;
    if (signals >= SIGNALS_TO_END_AT_ONCE) process.exit(SIGNAL_STATUS[signal]);
    if (!ending) void stop(SIGNAL_STATUS[signal], () => `\nregress: stopped by ${signal}\n`);
  });
}
// Node.js would end with status 1, which means that plans regressed.
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));
process.stdout.on('error', resultsLost);
// A closed stderr does not stop the run.
process.stderr.on('error', () => undefined);

try {
  const { createProgram } = await import('./cli/program.ts');
  process.exitCode = await createProgram().run(process.argv);
} catch (error) {
  // While the process is ending, connections are closed under the work; errors caused by that say nothing new.
  if (!ending) await say(() => describe(error));
  process.exitCode = 2;
}
if (!ending) await runCleanups();

/** Ends the process after an error that no code has handled. */
async function fail(error: unknown): Promise<void> {
  if (!ending) await stop(2, () => describe(error));
}

async function stop(status: number, text: () => string | Promise<string>): Promise<void> {
  ending = true;
  process.exitCode = status;
  try {
    await say(text);
    await runCleanups();
  } finally {
    process.exit(status);
  }
}

/** Writes to stderr, on a line of its own. */
async function say(text: () => string | Promise<string>): Promise<void> {
  const { clearProgress } = await import('./cli/terminal/progress.ts');
  clearProgress();
  process.stderr.write(await text());
}

/** Loads the module only when there is an error, to keep --help fast. */
async function describe(error: unknown): Promise<string> {
  const { describeError } = await import('./judging/describe-error.ts');
  return describeError(error);
}

/** Ignores a closed pipe, as with `| head`. Any other error, such as a full disk, sets status 2. */
function resultsLost(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.once('exit', () => {
    process.exitCode = 2;
  });
  process.stderr.write(`regress: error: could not write the results: ${error.message}\n`);
}
