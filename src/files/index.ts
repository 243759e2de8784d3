/**
 * Reading and writing files that are not trusted. A repository's files are read only if they are regular files inside it,
 * up to a size limit, and as UTF-8. Files are written whole or not at all. Programs that regress runs itself are not taken
 * from the repository.
 */

export { FileError, unreadable } from './file-error.ts';
export { programPath } from './programs.ts';
export { isInside, type ProjectFolders, projectAround, projectFoldersOf, settle } from './project-folders.ts';
export { readStream, readText, regularFile } from './read.ts';
export { writeWhole } from './write.ts';
