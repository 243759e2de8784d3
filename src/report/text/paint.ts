import { styleText } from 'node:util';

const STYLES = {
  bad: 'red',
  warn: 'yellow',
  good: 'green',
  dim: 'dim',
  strong: 'bold',
} as const;

export type Style = keyof typeof STYLES;

/** Colours a text, or returns it unchanged. */
export type Paint = (style: Style, text: string) => string;

/** Makes a painter. The caller decides about colour, so the stream is not checked again. */
export function createPaint(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) => (text === '' ? '' : styleText(STYLES[style], text, { validateStream: false }));
}
