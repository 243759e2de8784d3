import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

/** A fenced block of a page, or a hidden comment that runs commands between blocks. */
export interface Block {
  /** Path from the top of the repository. */
  readonly file: string;
  /** Of its first line of content. */
  readonly line: number;
  readonly kind: 'sh' | 'console' | 'setup';
  readonly text: string;
  /** Why it is not run; null where it is. */
  readonly noRun: string | null;
  /** Exit status of the last command. */
  readonly exit: number;
}

/** Blocks that run one after another in one fresh project. */
export interface Scene {
  readonly file: string;
  readonly line: number;
  /** What `<!-- run: … -->` asks for, such as `shop` or `example, with 18`; null where no such comment comes before. */
  readonly stage: string | null;
  readonly blocks: readonly Block[];
}

/** The pages whose commands are run, from the top of the repository. */
export function documentationPages(): string[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = below.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`);
  return ['README.md', 'extension/README.md', ...pages].sort();
}

export const readPage = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const FENCE = /^(\s*)(`{3,}|~{3,})\s*(.*)$/;
const COMMENT = /^\s*<!-- (run|setup):?\s*(.*?)(?:\s*-->)?$/;

/** The command blocks of a page in their order. Throws where a fence or a comment does not end. */
export function scenesOf(file: string, source: string): Scene[] {
  const lines = source.split('\n');
  const scenes: { file: string; line: number; stage: string | null; blocks: Block[] }[] = [];
  const add = (block: Block) => {
    if (scenes.length === 0) scenes.push({ file, line: 1, stage: null, blocks: [] });
    scenes.at(-1)?.blocks.push(block);
  };
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    const comment = COMMENT.exec(line);
    const fence = FENCE.exec(line);
    if (comment?.[1] === 'run') {
      scenes.push({ file, line: index + 1, stage: comment[2] as string, blocks: [] });
    } else if (comment !== null) {
      const end = endOf(lines, index, (one) => one.includes('-->'), file);
      const inner = [comment[2] as string, ...lines.slice(index + 1, end + (end === index ? 0 : 1))].join('\n');
      add({ file, line: index + 1, kind: 'setup', text: inner.replace(/\s*-->.*$/s, ''), noRun: null, exit: 0 });
      index = end;
    } else if (fence !== null) {
      const [, indent, marks, info] = fence as unknown as [string, string, string, string];
      const end = endOf(lines, index + 1, (one) => one.trim() === marks, file);
      const text = lines.slice(index + 1, end).map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
      const block = commandBlock(file, index + 2, info, text.join('\n'));
      if (block !== null) add(block);
      index = end;
    }
  }
  return scenes.filter(({ blocks }) => blocks.some(({ kind }) => kind !== 'setup'));
}

function endOf(lines: readonly string[], start: number, isEnd: (line: string) => boolean, file: string): number {
  for (let index = start; index < lines.length; index++) if (isEnd(lines[index] as string)) return index;
  throw new Error(`${file}:${start}: what begins here does not end`);
}

/** `sh`, `console`, with `no-run: WHY` or `exit=1` behind; null for another language. */
function commandBlock(file: string, line: number, info: string, text: string): Block | null {
  const [, kind, rest] = /^(sh|bash|shell|console)\b\s*(.*)$/.exec(info) ?? [];
  if (kind === undefined) return null;
  const noRun = /^no-run(?::\s*(.*))?$/.exec(rest ?? '');
  const exit = /^exit=(\d+)$/.exec(rest ?? '');
  if (rest !== '' && noRun === null && exit === null) throw new Error(`${file}:${line}: "${rest}" is not understood`);
  return {
    file,
    line,
    kind: kind === 'console' ? 'console' : 'sh',
    text,
    noRun: noRun === null ? null : (noRun[1] ?? ''),
    exit: Number(exit?.[1] ?? 0),
  };
}

/** A command of a console block with what the page shows of its output. */
export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** Splits a console block at `$ `; a command goes on behind a backslash at the end of its line. */
export function shownCommands(text: string): Shown[] {
  const shown: { command: string; output: string[] }[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const last = shown.at(-1);
    if (open && last !== undefined) last.command += `\n${line}`;
    else if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [] });
    else if (last === undefined) throw new Error('a console block begins with "$ " and a command');
    else last.output.push(line);
    open = (open || line.startsWith('$ ')) && line.endsWith('\\');
  }
  return shown.map(({ command, output }) => ({ command, output: output.join('\n') }));
}
