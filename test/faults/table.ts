import { commandNamed } from './commands.ts';
import { type Seen, WRONGS, type Wrong, wrongs } from './judge.ts';
import type { Group } from './plan.ts';

/** What each group of faults is called in the table. */
const GROUP_NAMES: Readonly<Record<Group, string>> = {
  wire: 'at a message',
  tls: 'at a TLS record',
  silent: 'nobody can tell',
  kill: 'signal',
  server: 'throwaway server',
  space: 'disk',
  lock: 'lock',
  standby: 'standby',
  target: 'target changed meanwhile',
};

/** What a run of the harness was. */
export interface RunOfFaults {
  readonly seed: number;
  readonly version: string;
  readonly minutes: number;
  /** Injections that the seed has, of which these may be some. */
  readonly planned: number;
  readonly seen: readonly Seen[];
}

/** The tables of the documentation. */
export function asMarkdown({ seed, version, minutes, planned, seen }: RunOfFaults): string {
  const made = seen.filter(({ fired }) => fired !== null);
  const missed = seen.length - made.length;
  const counted = made.filter(({ injection }) => injection.group !== 'silent');
  const silent = made.filter(({ injection }) => injection.group === 'silent');
  const byCommand = groups(counted, ({ injection }) => commandNamed(injection.command).name);
  const byKind = groups(counted, ({ injection }) => `${GROUP_NAMES[injection.group]}: ${injection.kind}`);
  return [
    `Seed ${seed}, PostgreSQL ${version}: ${seen.length === planned ? `all ${planned}` : `${seen.length} of ${planned}`} injections of the seed, in ${Math.round(minutes)} minutes. ` +
      `${made.length} took place; ${missed} runs had ended before their fault came.`,
    '',
    ...tableOf('command', byCommand, counted),
    '',
    ...tableOf('fault', byKind, counted),
    '',
    silentSentence(silent),
    '',
  ].join('\n');
}

const WRONG_HEADS: Readonly<Record<Wrong, string>> = {
  'wrong verdict': 'wrong verdict',
  'exit 1': 'exit 1 without a regression',
  'half file': 'half file',
  hang: 'hang',
  'left behind': 'left behind',
  'unexpected error': '"unexpected error"',
  'other end': 'another end',
};

function tableOf(head: string, rows: ReadonlyMap<string, readonly Seen[]>, all: readonly Seen[]): string[] {
  const heads = [
    head,
    'injected',
    'exit 2',
    'by the signal',
    'as undisturbed',
    ...WRONGS.map((wrong) => WRONG_HEADS[wrong]),
  ];
  const row = (name: string, some: readonly Seen[]) => {
    const ends = some.map(({ ended }) => ended);
    const ofSignal = some.filter(({ ended }) => ended.signal !== null || [130, 143].includes(ended.status ?? 0)).length;
    const figures = [
      some.length,
      ends.filter(({ status }) => status === 2).length,
      ofSignal,
      some.filter(isAsUndisturbed).length,
      ...WRONGS.map((wrong) => some.filter((one) => wrongs(one).some(([kind]) => kind === wrong)).length),
    ];
    return `| ${name} | ${figures.join(' | ')} |`;
  };
  return [
    `| ${heads.join(' | ')} |`,
    `|---${heads
      .slice(1)
      .map(() => '|---:')
      .join('')}|`,
    ...[...rows].map(([name, some]) => row(name, some)),
    row('**all**', all),
  ];
}

function isAsUndisturbed({ ended, truth, isTruth }: Seen): boolean {
  return ended.status === truth.status && isTruth;
}

function silentSentence(silent: readonly Seen[]): string {
  const refused = silent.filter(({ ended }) => ended.status === 2).length;
  const same = silent.filter(isAsUndisturbed).length;
  const wrong = silent.filter((one) => wrongs(one).length > 0).length;
  return (
    `Not in the tables: ${silent.length} rows and messages that were altered or repeated without TLS so that each is well-formed. ` +
    `${refused} ended with 2, ${same} with the result of an undisturbed run, ${silent.length - refused - same} took what had come for true; ${wrong} had an end, a file or a message that would count above.`
  );
}

/** What was wrong, a line each, with what it takes to see it again. */
export function wrongLines(seen: readonly Seen[]): string[] {
  return seen.flatMap((one) =>
    wrongs(one).map(([wrong, what]) => {
      const { number, command, kind } = one.injection;
      return `${number} ${command} / ${kind} (${one.fired ?? 'not reached'}; status ${one.ended.status}): ${wrong}: ${what}`;
    }),
  );
}

function groups(seen: readonly Seen[], key: (one: Seen) => string): Map<string, Seen[]> {
  const found = new Map<string, Seen[]>();
  for (const one of seen) found.set(key(one), [...(found.get(key(one)) ?? []), one]);
  return found;
}
