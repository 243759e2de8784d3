import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, readPage } from './markdown.ts';

/** A message of the source, with the places where names are filled in. */
interface Message {
  readonly where: string;
  /** Parts between the places. */
  readonly parts: readonly string[];
}

/** Calls whose next text is the message; what stands before it in the call is its code. */
const CALLS = [
  /new RegressError\(\s*(?:'[a-z]+'|[^,'`]*\? '[a-z]+' : '[a-z]+'),\s*/g,
  /new StatementError\(\s*/g,
  /\bwarn\(\s*/g,
];

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);

function messagesOf(path: string): Message[] {
  const source = readFileSync(join(ROOT, 'src', path), 'utf8');
  return CALLS.flatMap((call) =>
    [...source.matchAll(call)].flatMap((match) => {
      const start = match.index + match[0].length;
      const parts = textAt(source, start);
      const where = `src/${path}:${source.slice(0, start).split('\n').length}`;
      return parts === null ? [] : [{ where, parts }];
    }),
  );
}

/** The literal that begins at an offset, cut at its placeholders; null where there is none. */
function textAt(source: string, start: number): string[] | null {
  const quote = source[start] as string;
  if (!['"', "'", '`'].includes(quote)) return null;
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at] as string;
    if (depth > 0) {
      if (character === '{') depth++;
      else if (character === '}') depth--;
    } else if (character === quote) return [...parts, part];
    else if (quote === '`' && character === '$' && source[at + 1] === '{') {
      depth = 1;
      at++;
      parts.push(part);
      part = '';
    } else if (character === '\\' && source[at + 1] === 'n') return [...parts, part];
    else part += character === '\\' ? source[++at] : character;
  }
  return null;
}

/** Nothing but a name and a colon, as errors of files have it; they are shown with examples. */
const isOwnText = ({ parts }: Message) => parts.join('').replaceAll(/[^a-z]/gi, '').length > 3;

const messages = sources.flatMap(messagesOf).filter(isOwnText);
const rows = readPage('docs/troubleshooting.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split(' | ')[0] as string).matchAll(/`([^`]+)`/g)].map(([, text]) => text as string));

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A row has the message with names or `…` in its places; it may end with `…` before the message does. */
function isDocumented({ parts }: Message): boolean {
  const whole = new RegExp(`^${parts.map(escaped).join('.+')}$`);
  return rows.some((row) => {
    if (whole.test(row)) return true;
    if (!row.endsWith('…')) return false;
    const start = row.slice(0, -1).split('…').map(escaped).join('.+');
    return start.length > 5 && new RegExp(`^${start}`).test(parts.join('…'));
  });
}

it('finds the messages of the source and the rows of the page', () => {
  expect(messages.length).toBeGreaterThan(80);
  expect(rows.length).toBeGreaterThan(80);
});

it('has every error and warning that users meet', () => {
  const missing = messages.filter((message) => !isDocumented(message));
  expect(missing.map(({ where, parts }) => `${where}  ${parts.join('…')}`)).toEqual([]);
});
