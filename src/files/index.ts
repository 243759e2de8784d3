/**
 * Files that others wrote: what a repository brings is read only inside of it, only where it is a regular file, up to a limit and
 * as UTF-8; what is written appears as a whole. Programs of ours are not taken from the repository either.
 */
export { type Bounds, boundsOf, isInside, projectAround, settle } from './bounds.ts';
export { FileError, unreadable } from './file-error.ts';
export { programPath } from './programs.ts';
export { readStream, readText, regularFile } from './read.ts';
export { writeWhole } from './write.ts';
