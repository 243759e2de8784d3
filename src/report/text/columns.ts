/** Text in terminal columns: a Chinese character takes two, a combining accent none. */

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PLAIN = /^[\x20-\x7e]*$/;
// East Asian Wide and Fullwidth (UAX #11), and emoji.
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\ufe0f/u;
const NARROW_KATAKANA = /^[\uff61-\uffdc]/u;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Number of columns that a terminal needs for text without control characters. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const segment of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** True if text needs at most `width` columns. Measures only as much of a long text as necessary. */
function fits(text: string, width: number): boolean {
  if (PLAIN.test(text)) return text.length <= width;
  let used = 0;
  for (const segment of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width) return false;
  }
  return true;
}

/** UTF-16 units for the segmenter at a time: V8 copies the whole text for each grapheme. */
const CHUNK = 512;

/** The characters that a reader sees. A character at the end of a chunk may be split in two. */
function* graphemes(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = at + CHUNK;
    const splitsPair = /[\ud800-\udbff]/.test(text[end - 1] ?? '');
    const chunk = text.slice(at, splitsPair ? end - 1 : end);
    for (const { segment } of GRAPHEMES.segment(chunk)) yield segment;
    at += chunk.length;
  }
}

/** Cuts text to `width` columns, with an ellipsis at the end. */
export function cutTo(text: string, width: number): string {
  if (fits(text, width)) return text;
  let [kept, used] = ['', 0];
  for (const segment of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks text between words into lines of at most `width` columns. A longer word gets a line of its own and is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let [line, used] = ['', 0];
  for (const word of text.match(/^\s*\S*|\s+\S*/g) ?? []) {
    const columns = displayWidth(word);
    if (line !== '' && used + columns > width) {
      lines.push(line);
      line = word.trimStart();
      used = columns - (word.length - line.length);
    } else {
      line += word;
      used += columns;
    }
  }
  return [...lines, line].map((written) => cutTo(written.trimEnd(), width));
}

/**
 * Breaks text into at most `most` lines of at most `width` columns. Lines after the first are indented by `indent`. A word
 * longer than a line is broken, so that the whole name stays readable.
 */
export function hang(text: string, width: number, indent: number, most: number): readonly string[] {
  if (fits(text, width)) return [text];
  const margin = ' '.repeat(Math.min(indent, Math.floor(width / 2)));
  const lines: string[] = [];
  let line = '';
  // The rest would not be shown, and measuring megabytes of text takes minutes.
  for (const word of text.slice(0, width * most * MAX_UNITS).match(/^\s*\S+|\s+\S+/g) ?? []) {
    if (line !== '' && !fits(line + word, width)) {
      lines.push(line);
      line = margin + word.trimStart();
    } else line += word;
    while (!fits(line, width)) {
      const begin = prefix(line, width);
      lines.push(begin);
      line = margin + line.slice(begin.length);
    }
  }
  lines.push(line);
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), cutTo(`${lines[most - 1]} …`, width - 1)];
}

/** Most UTF-16 units for one column. A family emoji has eleven units in two columns. */
const MAX_UNITS = 8;

/** The beginning of a text, in at most `width` columns, but at least one character. */
function prefix(text: string, width: number): string {
  let [kept, used] = ['', 0];
  for (const segment of graphemes(text)) {
    used += graphemeWidth(segment);
    if (used > width && kept !== '') break;
    kept += segment;
  }
  return kept;
}

/** Text padded with spaces, or cut, to exactly `width` columns. */
export function padEnd(text: string, width: number): string {
  const fitted = cutTo(text, width);
  return fitted + ' '.repeat(Math.max(0, width - displayWidth(fitted)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

function graphemeWidth(segment: string): number {
  if (NOTHING.test(segment)) return 0;
  return WIDE.test(segment) && !NARROW_KATAKANA.test(segment) ? 2 : 1;
}
