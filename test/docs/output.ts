/** What differs from run to run, with what stands for it in both texts. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  // Whether it took a second is the machine's.
  [/\b\d+(?:\.\d+)? (?:ms|s)\b/g, '# s'],
  [/\b\d+(?:\.\d+)? (minutes|min)\b/g, '# $1'],
  [/PostgreSQL \d+(?:\.\d+|rc\d+|beta\d+)(?: \([^)\n]*\))?/g, 'PostgreSQL #'],
  [/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: UTC|Z|\+00)?/g, 'TIME'],
  [/\b[0-9a-f]{12}\b/g, 'DIGEST'],
];

/** Progress of what takes long; whether a line is shown depends on the machine. */
const PROGRESS =
  /^(?:[a-z][a-z -]*: \d+ (?:of \d+|\(# s\))|(?:connecting to the source|starting a server of PostgreSQL #|checking the target|prepare: .+) …)$/;

function steady(text: string): string[] {
  let steady = text;
  for (const [what, by] of VOLATILE) steady = steady.replaceAll(what, by);
  const lines = steady.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line) => !PROGRESS.test(line))
    .filter((line, index, all) => line !== '' || all[index - 1] !== '');
}

const ELLIPSIS = '…';

/** Whether a line is as shown: `…` stands for any text, also for itself. */
export function lineMatches(shown: string, actual: string): boolean {
  const parts = shown.split(ELLIPSIS).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'u').test(actual);
}

/**
 * Null where output is as the page shows it, else a line that says where not. `…` stands for any text in a line, and alone in a line for
 * any number of lines. Times, digests, progress, empty lines at the ends and the minor version of PostgreSQL do not count.
 */
export function outputDifference(shown: string, actual: string): string | null {
  const [expected, lines] = [steady(shown.trim()), steady(actual.trim())];
  const isAnyLines = (at: number) => expected[at]?.trim() === ELLIPSIS;
  let furthest = { shown: 0, actual: 0 };
  const matches = (at: number, from: number): boolean => {
    if (at > furthest.shown || (at === furthest.shown && from > furthest.actual && !isAnyLines(at - 1))) {
      furthest = { shown: at, actual: from };
    }
    if (at === expected.length) return from === lines.length;
    const line = expected[at] as string;
    if (isAnyLines(at)) {
      for (let end = from; end <= lines.length; end++) if (matches(at + 1, end)) return true;
      return false;
    }
    return from < lines.length && lineMatches(line, lines[from] as string) && matches(at + 1, from + 1);
  };
  if (matches(0, 0)) return null;
  const end = '(the end)';
  const printed = isAnyLines(furthest.shown - 1) ? '(no line that is like it)' : (lines[furthest.actual] ?? end);
  return `shown:   ${expected[furthest.shown] ?? end}\nprinted: ${printed}`;
}
