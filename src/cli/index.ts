/** What another front end says as the command line does. */
export { describeError, describeWarning } from './terminal/print-error.ts';
