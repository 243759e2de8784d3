/** What another front end says as the command line does. */
export { describeError } from './print-error.ts';
