import type { CommandName } from './commands.ts';
import { type Dice, dice } from './dice.ts';
import { SILENT_FAULTS, TLS_FAULTS, WIRE_FAULTS } from './proxy.ts';

/** Where a fault comes from; the rows of the second table. */
export const GROUPS = ['wire', 'tls', 'silent', 'kill', 'server', 'space', 'lock', 'standby', 'target'] as const;
export type Group = (typeof GROUPS)[number];

/** One fault to be made. Everything else about it follows from its seed. */
export interface Injection {
  readonly number: number;
  readonly group: Group;
  readonly command: CommandName;
  readonly kind: string;
  readonly seed: number;
}

type Part = readonly [group: Group, commands: readonly CommandName[], kinds: readonly string[], times: number];

const ON_THE_WIRE: readonly CommandName[] = [
  ...(['snapshot', 'plans', 'verify', 'verify, others', 'verify, target'] as const),
  ...(['restore', 'check', 'check, regressed', 'update'] as const),
];

export const SIGNALS = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGINT to the group', 'SIGTERM to the group'] as const;
export const LOCKS = ['table locked', 'index dropped, not yet committed', 'catalog locked'] as const;
export const CONFLICTS = [
  'one conflict over rows',
  'conflicts over rows all the time',
  'one conflict over a lock',
  'conflicts over a lock all the time',
] as const;
export const MEDDLING = [
  'ANALYZE',
  'DROP INDEX',
  'CREATE INDEX',
  'another restore',
  'statistics updated',
  'rows deleted, VACUUM ANALYZE',
  'column added',
] as const;

const PARTS: readonly Part[] = [
  ['wire', ON_THE_WIRE, WIRE_FAULTS, 2],
  ['wire', ['against'], WIRE_FAULTS, 1],
  ['tls', ['snapshot', 'verify', 'restore', 'check', 'update'], TLS_FAULTS, 1],
  ['silent', ['snapshot', 'verify', 'restore', 'check, regressed', 'update'], SILENT_FAULTS, 1],
  ['kill', ['snapshot', 'verify', 'restore', 'check', 'check here', 'update', 'check, background'], SIGNALS, 1],
  ['kill', ['check here', 'update here'], ['SIGKILL', 'SIGTERM', 'SIGINT'], 1],
  ['kill', ['against here'], ['SIGKILL', 'SIGTERM', 'SIGINT'], 1],
  ['server', ['check here', 'update here'], ['postmaster killed', 'server process killed'], 1],
  ['space', ['snapshot'], ['small disk', 'small disk', 'small disk', 'read-only folder'], 1],
  ['space', ['update'], ['full disk', 'full disk', 'read-only folder'], 1],
  [
    'space',
    ['check, regressed'],
    ['report on a small disk', 'report on a small disk', 'report in a read-only folder'],
    1,
  ],
  [
    'space',
    ['check here'],
    ['small run folder', 'small run folder', 'small cache', 'small cache', 'read-only cache'],
    1,
  ],
  ['space', ['against'], ['small temporary folder'], 1],
  ['lock', ['snapshot', 'plans', 'verify'], LOCKS, 1],
  ['lock', ['snapshot', 'restore'], ['table locked'], 1],
  ['standby', ['snapshot', 'plans'], CONFLICTS, 2],
  ['target', ['check, in place'], MEDDLING, 2],
];

/** All injections of a seed, in the order of their commands' groups. */
export function planned(seed: number): Injection[] {
  const chances = dice(seed);
  const all = PARTS.flatMap(([group, commands, kinds, times]) =>
    Array.from({ length: times }, () =>
      commands.flatMap((command) => kinds.map((kind) => ({ group, command, kind }))),
    ).flat(),
  );
  return all.map((one, index) => ({ ...one, number: index + 1, seed: chances.between(1, 2 ** 31 - 1) }));
}

/** So many of them, quick ones, of as many groups and kinds as can be. */
export function sample(injections: readonly Injection[], count: number, seed: number): Injection[] {
  const chances = dice(seed);
  const quick = injections.filter(isQuick);
  const chosen: Injection[] = [];
  const used = new Map<string, number>();
  const uses = ({ kind, command }: Injection) => (used.get(kind) ?? 0) * 3 + (used.get(command) ?? 0);
  const open = shuffled(quick, chances);
  while (chosen.length < count && open.length > 0) {
    const least = Math.min(...open.map(uses));
    const [next] = open.splice(
      open.findIndex((one) => uses(one) === least),
      1,
    ) as [Injection];
    for (const word of [next.kind, next.command]) used.set(word, (used.get(word) ?? 0) + 1);
    chosen.push(next);
  }
  return chosen.sort((a, b) => a.number - b.number);
}

const IN_SAMPLE: readonly CommandName[] = ['snapshot', 'restore', 'check, regressed', 'update'];
/** What is done through TLS is run undisturbed through TLS first. */
const IN_SAMPLE_BY_TLS: readonly CommandName[] = ['snapshot', 'restore'];

/** Without what waits for seconds by its nature, and without a second server. */
function isQuick({ group, kind, command }: Injection): boolean {
  if (group === 'standby' || group === 'lock' || kind === 'stalled' || kind.includes('cache')) return false;
  return (group === 'tls' ? IN_SAMPLE_BY_TLS : IN_SAMPLE).includes(command);
}

function shuffled<T>(values: readonly T[], chances: Dice): T[] {
  const left = [...values];
  return values.map(() => left.splice(chances.between(0, left.length - 1), 1)[0] as T);
}
