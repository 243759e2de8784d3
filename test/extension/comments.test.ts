import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extensionFolder } from '../../src/target/index.ts';

interface CFunction {
  readonly name: string;
  /** Lines between the braces that are not empty. */
  readonly lines: number;
  /** Whether a comment ends on the line right above. */
  readonly commented: boolean;
}

const folder = join(extensionFolder(), 'src');
const files = (await readdir(folder)).filter((name) => /\.[ch]$/.test(name));
const sources = await Promise.all(
  files.map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8') })),
);

/** Functions as PostgreSQL's sources define them: the type on a line of its own, braces in the first column. */
function functionsOf(text: string): CFunction[] {
  const definition = /^(.*)\n[^\n]+\n([a-z_]\w*)\([^;{]*\)\n\{\n([\s\S]*?)^\}/gm;
  return [...text.matchAll(definition)].map(([, above = '', name = '', body = '']) => ({
    name,
    lines: body.split('\n').filter((line) => line.trim() !== '').length,
    commented: above.endsWith('*/'),
  }));
}

/** Sentences of all comments; one begins at the start of a comment or paragraph, and after a full stop. */
function sentencesOf(text: string): string[] {
  const comments = text.match(/\/\*[\s\S]*?\*\//g) ?? [];
  return comments
    .flatMap((comment) => comment.replaceAll(/^\/\*-*|\*\/$/g, '').split(/\n[ \t]*\*?[ \t]*(?=\n)/))
    .flatMap((paragraph) => paragraph.replaceAll(/\s*\n[ \t]*\*?[ \t]*/g, ' ').split(/(?<=[.?:])\s+/))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

it('finds the functions', () => {
  const text = `/* Says so. */\nstatic bool\nfirst(int a,\n\t  int b)\n{\n\treturn a;\n}\n\nvoid\nsecond(void)\n{\n\n}\n`;
  expect(functionsOf(text)).toEqual([
    { name: 'first', lines: 1, commented: true },
    { name: 'second', lines: 0, commented: false },
  ]);
  expect(sources.flatMap(({ text }) => functionsOf(text)).length).toBeGreaterThan(110);
});

describe.each(sources)('$file', ({ text }) => {
  it('has a comment right above each function of more than two lines', () => {
    const bare = functionsOf(text).filter(({ lines, commented }) => lines > 2 && !commented);
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('has no sentence whose subject is a clause', () => {
    expect(sentencesOf(text).filter((sentence) => /^(What|Whom|Whose|That)\b/.test(sentence))).toEqual([]);
  });
});
