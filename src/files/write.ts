import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError } from './file-error.ts';
import { type ProjectFolders, settle } from './project-folders.ts';

/**
 * Writes a file whole or not at all: to a temporary file beside it, which is then renamed. An existing file keeps its mode,
 * and a link stays a link. Throws FileError if a link inside the bounds leads out of them or if something other than a file
 * is there; otherwise the system's error.
 */
export async function writeWhole(path: string, text: string, within: ProjectFolders): Promise<void> {
  const place = await settle(resolve(path), within);
  await mkdir(dirname(place), { recursive: true });
  const there = await stat(place).catch(() => null);
  if (there !== null && !there.isFile())
    throw new FileError(`${path} is ${there.isDirectory() ? 'a folder, ' : ''}not a regular file`);
  try {
    await replace(place, text, there === null ? null : there.mode & 0o7777);
  } catch (error) {
    if (there === null || !FOLDER_IS_CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await writeFile(place, text);
  }
}

/** No file can be created beside this one or renamed over it, for example because only this file is mounted into a container. */
const FOLDER_IS_CLOSED = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']);

async function replace(place: string, text: string, mode: number | null): Promise<void> {
  const aside = join(dirname(place), `.${basename(place).slice(0, 100)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    // Opens only a new file, never one that exists.
    const handle = await open(aside, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (mode !== null) await chmod(aside, mode);
    await rename(aside, place);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
