import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBytes } from './mutate.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** A folder for the files of a target, gone when the process ends. */
export function scratchFolder(): string {
  // Where tests keep what lasts longer than one of them: in memory where there is plenty.
  const base = process.env.REGRESS_TEST_FOLDER ?? tmpdir();
  mkdirSync(base, { recursive: true });
  const folder = mkdtempSync(join(base, 'fuzz-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Files of the repository as inputs, each up to so many bytes. */
export function filesBelow(folder: string, name: RegExp, most = 8_000): string[] {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((path) =>
    name.test(path),
  );
  return paths.sort().map((path) =>
    readFileSync(join(ROOT, folder, path))
      .toString('latin1')
      .slice(0, most),
  );
}

/** Fenced blocks of the documentation in a language, as inputs. */
export function documentedBlocks(language: string): string[] {
  const pages = filesBelow('docs', /\.md$/, Number.POSITIVE_INFINITY);
  const fence = new RegExp(`^\`\`\`${language}[^\\n]*\\n([\\s\\S]*?)^\`\`\``, 'gm');
  return pages.flatMap((page) => [...page.matchAll(fence)].map(([, block = '']) => block));
}

/** Template literals of a test file that hold a text, as inputs: what somebody once thought of. */
export function literalsOf(file: string, holding: RegExp): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  return [...source.matchAll(/`((?:[^`\\]|\\.)*)`/g)]
    .map(([, text = '']) => text)
    .filter((text) => holding.test(text))
    .map(toBytes);
}
