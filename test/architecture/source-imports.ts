import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One import of one file of src/, both as paths relative to src/; packages as they are written. */
export interface SourceImport {
  readonly file: string;
  readonly line: number;
  /** `compare/index.ts`, `node:fs`, `pg`. */
  readonly target: string;
  readonly isOurs: boolean;
}

const IMPORT = /\b(?:from|import)\s*\(?\s*'([^']+)'/g;

/** Paths of all TypeScript files below `src`, relative to it. */
export function sourceFiles(src: string): readonly string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();
}

/** Every import of a source text: static, type-only, re-exporting and dynamic. */
export function importsOf(file: string, text: string): readonly SourceImport[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const written = match[1] ?? '';
    const isOurs = written.startsWith('.');
    const target = isOurs ? relative('.', join(dirname(file), written)) : written;
    return { file, line: text.slice(0, match.index).split('\n').length, target, isOurs };
  });
}

const LOADED_AT_ONCE = /^(?:import|export)(?! type\b)(?:[^;']*?\bfrom)?\s*'([^']+)'/gm;

/** The packages and built-in modules that are loaded with a file, by way of any of ours. */
export function loadedWith(src: string, file: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  const found = new Set<string>();
  if (seen.has(file)) return found;
  seen.add(file);
  for (const [, written = ''] of readSource(src, file).matchAll(LOADED_AT_ONCE)) {
    if (!written.startsWith('.')) found.add(written);
    else for (const module of loadedWith(src, join(dirname(file), written), seen)) found.add(module);
  }
  return found;
}

export function readSource(src: string, file: string): string {
  return readFileSync(join(src, file), 'utf8');
}

/** `compare` for `compare/judge.ts`; the file itself at the top of src. */
export function folderOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? path) : path;
}

/** Files that import each other, by way of others too: each circle sorted, the first first. */
export function circlesOf(imports: readonly Pick<SourceImport, 'file' | 'target'>[]): readonly (readonly string[])[] {
  const targets = grouped(imports);
  const reached = (from: string): Set<string> => {
    const found = new Set<string>();
    const open = [from];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const { target } of targets.get(file) ?? []) {
        if (found.has(target)) continue;
        found.add(target);
        open.push(target);
      }
    }
    return found;
  };
  const below = new Map([...targets.keys()].map((file) => [file, reached(file)]));
  const circles = [...below].flatMap(([file, files]) =>
    files.has(file) ? [[...files].filter((other) => below.get(other)?.has(file)).sort()] : [],
  );
  return [...new Map(circles.map((circle) => [circle[0], circle])).values()].sort((a, b) =>
    (a[0] as string).localeCompare(b[0] as string),
  );
}

function grouped<T extends Pick<SourceImport, 'file'>>(imports: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of imports) groups.set(each.file, [...(groups.get(each.file) ?? []), each]);
  return groups;
}
