import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { FileError } from './file-error.ts';
import { type ProjectFolders, settle } from './project-folders.ts';

interface ReadOptions {
  /** Links inside these folders must not lead out of them. */
  readonly within: ProjectFolders;
  /** The largest size, in bytes. */
  readonly limit: number;
}

/**
 * The text of a regular file in UTF-8. Throws FileError for a link that leads out of the bounds, for anything but a regular
 * file (a pipe is not waited for), for more bytes than the limit, and for bytes that are not UTF-8, with their place. Throws
 * the system's error if the file does not exist or may not be read.
 */
export async function readText(path: string, { within, limit }: ReadOptions): Promise<string> {
  const handle = await openRegular(await regularFile(path, within));
  try {
    return utf8(await bytesOf(handle, limit));
  } finally {
    await handle.close();
  }
}

/** The text of a stream that a user named, such as `/dev/stdin`. Waits for its end. Throws FileError like readText. */
export async function readStream(path: string, limit: number): Promise<string> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    return utf8(await bytesOf(handle, limit));
  } finally {
    await handle.close();
  }
}

/** The path of a regular file with links resolved. Throws FileError like readText, before the file is opened. */
export async function regularFile(path: string, within: ProjectFolders): Promise<string> {
  const found = await settle(path, within);
  requireRegular(await stat(found));
  return found;
}

async function openRegular(path: string): Promise<FileHandle> {
  // Another process may have put a pipe or a link there in the meantime.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    requireRegular(await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Kind = Pick<
  Awaited<ReturnType<typeof stat>>,
  'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket' | 'isBlockDevice' | 'isCharacterDevice'
>;

function requireRegular(found: Kind): void {
  if (!found.isFile()) throw new FileError(`It is ${kindOf(found)}, not a regular file`);
}

function kindOf(found: Kind): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return found.isBlockDevice() || found.isCharacterDevice() ? 'a device' : 'something else';
}

const CHUNK = 1024 * 1024;

/** Counts bytes while reading, since files in /proc report size 0 and other files may grow. */
async function bytesOf(handle: FileHandle, limit: number): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size > limit) throw tooLarge(limit);
  const parts: Buffer[] = [];
  let read = 0;
  for (;;) {
    // Room for one byte over the limit, to see that the file is too large.
    const room = Buffer.allocUnsafe(Math.min(CHUNK, limit + 1 - read));
    const { bytesRead } = await handle.read(room, 0, room.length, null);
    if (bytesRead === 0) return Buffer.concat(parts, read);
    parts.push(room.subarray(0, bytesRead));
    read += bytesRead;
    if (read > limit) throw tooLarge(limit);
  }
}

const MB = 1024 * 1024;

function tooLarge(limit: number): FileError {
  const most = limit >= MB ? `${limit / MB} MB` : `${limit} bytes`;
  return new FileError(`It is larger than ${most}, the limit for this file`);
}

/** Decodes UTF-8. Throws FileError with the place of the first invalid bytes. */
function utf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const { line, column } = firstMistake(bytes);
  throw new FileError('These bytes are not valid UTF-8', { line, column });
}

const NEWLINE = 0x0a;

/** Line by line: in UTF-8 the byte of a newline is never part of another character. */
function firstMistake(bytes: Buffer): { readonly line: number; readonly column: number } {
  let line = 1;
  for (let start = 0; ; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    const text = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(text) || end < 0) return { line, column: columnOf(text) };
    start = end + 1;
  }
}

/** The first place where lenient decoding gives different bytes, counted from 1. */
function columnOf(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    const expected = Buffer.from(character);
    if (!expected.equals(bytes.subarray(offset, offset + expected.length))) return at + 1;
    offset += expected.length;
    at += character.length - 1;
  }
  return text.length + 1;
}
