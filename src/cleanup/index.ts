/** Cleanups that run however the work or the process ends. */
export { closing, onExit, runCleanups } from './cleanup.ts';
