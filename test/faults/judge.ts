import type { Ended } from './bench.ts';
import type { Leftover } from './leftovers.ts';
import type { Injection } from './plan.ts';

/** What must not be. */
export const WRONGS = [
  'wrong verdict',
  'exit 1',
  'half file',
  'hang',
  'left behind',
  'unexpected error',
  'other end',
] as const;
export type Wrong = (typeof WRONGS)[number];

/** What became of one injection. */
export interface Seen {
  readonly injection: Injection;
  /** What was done, and when; null where the run ended before it came to that. */
  readonly fired: string | null;
  readonly ended: Ended;
  /** Status and result of an undisturbed run. */
  readonly truth: Truth;
  /** Whether the result is that of an undisturbed run. */
  readonly isTruth: boolean;
  /** Files that are neither as before nor as an undisturbed run makes them. */
  readonly halfFiles: readonly string[];
  /** At once, and after the next run. */
  readonly left: readonly Leftover[];
  readonly leftLater: readonly Leftover[];
  /** What the next run did otherwise than an undisturbed one; null: nothing, or it was not made. */
  readonly next: string | null;
}

export interface Truth {
  readonly status: number;
  readonly result: string;
}

/** What was wrong, each with what shows it. */
export function wrongs(seen: Seen): (readonly [Wrong, string])[] {
  const { injection, ended, truth, isTruth, halfFiles, left, leftLater, next } = seen;
  const found: (readonly [Wrong, string])[] = [];
  const isVerdict = ended.status === 0 || ended.status === 1;
  const isSilent = injection.group === 'silent';
  if (ended.hung) found.push(['hang', `after ${Math.round(ended.milliseconds / 1000)} s`]);
  else if (ended.status === 1 && truth.status !== 1 && !isSilent) found.push(['exit 1', lastLine(ended.stderr)]);
  else if (isVerdict && !(ended.status === truth.status && isTruth) && !isSilent) {
    found.push(['wrong verdict', `status ${ended.status}, ${isTruth ? 'the right' : 'another'} result`]);
  } else if (!isVerdict && ended.status !== 2 && !endedBySignal(seen)) {
    found.push(['other end', `status ${ended.status}, signal ${ended.signal}: ${lastLine(ended.stderr)}`]);
  }
  if (halfFiles.length > 0) found.push(['half file', halfFiles.join(', ')]);
  const atOnce = left.filter((one) => !mayStay(seen, one));
  const remained = [...new Set([...atOnce, ...leftLater])];
  if (remained.length > 0) found.push(['left behind', remained.join(', ')]);
  if (UNEXPECTED.test(ended.stderr))
    found.push(['unexpected error', ended.stderr.match(/unexpected error[\s\S]{0,160}/)?.[0] ?? '']);
  if (next !== null) found.push(['wrong verdict', `the next run: ${next}`]);
  return found;
}

/** What regress calls a mistake of its own, and what Node.js prints of an exception nobody caught. */
const UNEXPECTED = /unexpected error|bug in regress|^Node\.js v\d/m;

function endedBySignal({ injection, ended }: Seen): boolean {
  if (injection.group !== 'kill') return false;
  return ended.signal !== null || ended.status === 130 || ended.status === 143;
}

/** The next run may remove what nobody could: after SIGKILL, and where there was no way to the server any more. */
function mayStay({ injection, fired, ended }: Seen, left: Leftover): boolean {
  if (left.startsWith('process')) return false;
  if (injection.kind === 'SIGKILL' || ended.hung) return true;
  return left.startsWith('run database') && /everywhere|server crashed/.test(fired ?? '');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
}
