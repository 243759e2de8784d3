/** What is to be undone however the work or the process ends. */
export { closing, onExit, runCleanups } from './cleanup.ts';
