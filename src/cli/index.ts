/** Texts of errors and warnings that other front ends (vitest) share with the command line. */
export { describeError, describeWarning } from './terminal/print-error.ts';
