import type { Place } from '../yaml/index.ts';

/** The line and column of a string offset. */
export function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** A function that gives the line of an offset. Offsets must ascend, so that the text is read only once. */
export function lineCounter(source: string): (offset: number) => number {
  let line = 1;
  let from = 0;
  return (offset) => {
    for (let end = source.indexOf('\n', from); end >= 0 && end < offset; end = source.indexOf('\n', from)) {
      line += 1;
      from = end + 1;
    }
    return line;
  };
}

/**
 * The line and column in a YAML file of an offset in a text value whose key is on `keyLine`. Exact for block scalars
 * (`|`) and values on one line; otherwise the key's line.
 */
export function placeInYaml(source: string, keyLine: number, value: string, offset: number): Place {
  const lines = source.split(/\r?\n/);
  const inValue = placeOf(value, offset);
  const valueLine = value.split('\n')[inValue.line - 1] ?? '';
  const candidates = [keyLine + inValue.line, keyLine];
  const line = candidates.find((candidate) => valueLine !== '' && lines[candidate - 1]?.includes(valueLine));
  if (line === undefined) return { line: keyLine, column: 1 + (lines[keyLine - 1]?.search(/\S/) ?? 0) };
  return { line, column: (lines[line - 1] ?? '').lastIndexOf(valueLine) + inValue.column };
}
