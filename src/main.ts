#!/usr/bin/env node

import { runCleanups } from './cleanup/index.ts';

/** The conventional status of a process that a signal ended: 128 + its number. */
const SIGNAL_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** A shell and npm may both pass one Ctrl-C on; whoever sends a third one will not wait. */
const SIGNALS_TO_END_AT_ONCE = 3;

let signals = 0;
/** Set once the process is to end, whatever is still going on. */
let ending = false;

// First of all: whoever stops this process while it loads its code stops it as later.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  // Not once: where no listener of ours is left, that of execa ends the process, and the cleanups with it.
  process.on(signal, () => {
    signals += 1;
    if (signals >= SIGNALS_TO_END_AT_ONCE) process.exit(SIGNAL_STATUS[signal]);
    if (!ending) void stop(SIGNAL_STATUS[signal], () => `\nregress: stopped by ${signal}\n`);
  });
}
// A status of 1 would say that plans regressed.
process.on('uncaughtException', (error) => void fail(error));
process.on('unhandledRejection', (error) => void fail(error));
process.stdout.on('error', resultsLost);
// Remarks that nobody takes are no reason to stop.
process.stderr.on('error', () => undefined);

try {
  const { createProgram } = await import('./cli/program.ts');
  process.exitCode = await createProgram().run(process.argv);
} catch (error) {
  // Once something ends the process and closes what was in use, errors say nothing more.
  if (!ending) await say(() => describe(error));
  process.exitCode = 2;
}
if (!ending) await runCleanups();

/** An error that nobody waited for. */
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

/** Loaded when it is needed, so that --help answers at once. */
async function describe(error: unknown): Promise<string> {
  const { describeError } = await import('./judging/describe-error.ts');
  return describeError(error);
}

/** A reader that wants no more, such as head, changes nothing; a full disk fails the run. */
function resultsLost(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.once('exit', () => {
    process.exitCode = 2;
  });
  process.stderr.write(`regress: error: could not write the results: ${error.message}\n`);
}
