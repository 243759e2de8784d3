import { isUtf8 } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Bounds, settle } from './bounds.ts';
import { FileError } from './file-error.ts';

interface ReadOptions {
  /** Links within these may not lead out of them. */
  readonly within: Bounds;
  /** The most bytes it may have. */
  readonly limit: number;
}

/**
 * The text of a regular file in UTF-8. Throws FileError for a link that leads out of the bounds, for what is no regular file
 * (it is not waited for), for more bytes than the limit, and for bytes that are not UTF-8, with their place; and the error
 * of the system for a file that is not there or may not be read.
 */
export async function readText(path: string, { within, limit }: ReadOptions): Promise<string> {
  const handle = await openRegular(await regularFile(path, within));
  try {
    return utf8(await bytesOf(handle, limit));
  } finally {
    await handle.close();
  }
}

/** The text of a stream that a user named, such as `/dev/stdin`, which is waited for. Throws FileError as readText does. */
export async function readStream(path: string, limit: number): Promise<string> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    return utf8(await bytesOf(handle, limit));
  } finally {
    await handle.close();
  }
}

/** The path of a regular file without links. Throws FileError as readText does, before the file is opened. */
export async function regularFile(path: string, within: Bounds): Promise<string> {
  const found = await settle(path, within);
  requireRegular(await stat(found));
  return found;
}

async function openRegular(path: string): Promise<FileHandle> {
  // Another may have put a pipe or a link there since.
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
  if (!found.isFile()) throw new FileError(`It is ${kindOf(found)}, and a file is expected`);
}

function kindOf(found: Kind): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  if (found.isSocket()) return 'a socket';
  return found.isBlockDevice() || found.isCharacterDevice() ? 'a device' : 'no file';
}

const CHUNK = 1024 * 1024;

/** Not by the size the system tells: files of /proc have none, and others may grow. */
async function bytesOf(handle: FileHandle, limit: number): Promise<Buffer> {
  const { size } = await handle.stat();
  if (size > limit) throw tooLarge(limit);
  const parts: Buffer[] = [];
  let read = 0;
  for (;;) {
    // One byte more than there should be, which is seldom read.
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
  return new FileError(`It has more than ${most}, which is the most that is read`);
}

/** The text of bytes. Throws FileError at the first that are not UTF-8. */
function utf8(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const { line, column } = firstMistake(bytes);
  throw new FileError('These bytes are no character in UTF-8', { line, column });
}

const NEWLINE = 0x0a;

/** A newline is a byte of no other character, so that lines can be looked at alone. */
function firstMistake(bytes: Buffer): { readonly line: number; readonly column: number } {
  let line = 1;
  for (let start = 0; ; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    const text = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(text) || end < 0) return { line, column: columnOf(text) };
    start = end + 1;
  }
}

/** Decoded leniently, the first difference from the bytes is the mistake. */
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
