#!/usr/bin/env node

import { runCleanups } from './cleanup/index.ts';
import { createProgram } from './cli/program.ts';
import { clearProgress } from './cli/progress.ts';

/** The conventional status of a process that a signal ended: 128 + its number. */
const SIGNAL_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

let stopping = false;

process.stdout.on('error', resultsLost);
// Remarks that nobody takes are no reason to stop.
process.stderr.on('error', () => undefined);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopping = true;
    clearProgress();
    process.stderr.write(`\nregress: stopped by ${signal}\n`);
    void runCleanups().finally(() => process.exit(SIGNAL_STATUS[signal]));
  });
}

try {
  process.exitCode = await createProgram().run(process.argv);
} catch (error) {
  // Once a signal closed what was in use, errors say nothing more.
  if (!stopping) {
    // Loaded when it is needed, so that --help answers at once.
    const { describeError } = await import('./cli/print-error.ts');
    clearProgress();
    process.stderr.write(describeError(error));
  }
  process.exitCode = 2;
}
if (!stopping) await runCleanups();

/** A reader that wants no more, such as head, changes nothing; a full disk fails the run. */
function resultsLost(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.once('exit', () => {
    process.exitCode = 2;
  });
  process.stderr.write(`regress: error: could not write the results: ${error.message}\n`);
}
