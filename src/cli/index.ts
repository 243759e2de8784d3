/** What another front end than the command line needs: checks of single queries, with the configuration and suites of the project. */
export { loadConfig } from '../config/index.ts';
export { loadSuites } from '../suite/index.ts';
export type { Context } from './context.ts';
export { describeError } from './print-error.ts';
export { openQueryChecks, type QueryCheck, type QueryChecks } from './query-checks.ts';
export { packageVersion } from './version.ts';
