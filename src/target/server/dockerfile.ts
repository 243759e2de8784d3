import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionFolder } from './extension.ts';

const MAJOR = /^ARG POSTGRES=.*$/m;

/** The extension's Dockerfile for a major's image. The build context is the extension's folder. */
export async function dockerfileFor(major: number): Promise<string> {
  const text = await readFile(join(extensionFolder(), 'Dockerfile'), 'utf8');
  return text.replace(MAJOR, `ARG POSTGRES=${major}`);
}
