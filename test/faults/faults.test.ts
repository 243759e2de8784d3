import { access, appendFile, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Installation } from '../../src/target/index.ts';
import { testInstallations } from '../support/installations.ts';
import { type Bench, makeBench } from './bench.ts';
import { type Injector, makeInjector } from './inject.ts';
import type { Seen } from './judge.ts';
import { type Injection, planned, sample } from './plan.ts';
import { openStandby, type Standby } from './standby.ts';
import { asMarkdown, wrongLines } from './table.ts';

/** The page whose tables are written anew; all faults are then made, else a sample. */
const page = process.env.REGRESS_FAULTS;
const seed = Number(process.env.REGRESS_FAULTS_SEED ?? 11);
/** Numbers of injections, their groups, commands or kinds: these are made, and no others. */
const only = process.env.REGRESS_FAULTS_ONLY?.split(',');
/** A file that gets a line for each injection. */
const log = process.env.REGRESS_FAULTS_LOG;

const isSample = page === undefined && only === undefined;
const SAMPLE = 25;
/** Of those that leave nothing to be seen, how many there are to a further, undisturbed run. */
const EACH = isSample ? 12 : 6;

const [installation] = await testInstallations();
const canMount =
  process.getuid?.() === 0 &&
  (await access('/bin/mount').then(
    () => true,
    () => false,
  ));

describe.skipIf(installation === undefined)('faults', () => {
  const benches: Bench[] = [];
  let injectors: Injector[];
  let standby: Promise<Standby> | null = null;

  beforeAll(async () => {
    const lanes = isSample ? 1 : Number(process.env.REGRESS_FAULTS_LANES ?? 2);
    benches.push(...(await Promise.all(Array.from({ length: lanes }, () => makeBench(installation as Installation)))));
    const open = () => {
      standby ??= openStandby(installation as Installation);
      return standby;
    };
    injectors = benches.map((bench) => makeInjector(bench, open));
  }, 600_000);

  afterAll(async () => {
    await (await standby)?.close();
    for (const bench of benches) await bench.close();
  });

  test('none gives a wrong verdict, half a file, a hang or anything left behind', async () => {
    const chosen = choose();
    console.log(`seed ${seed} (REGRESS_FAULTS_SEED), ${chosen.length} injections`);
    const begun = performance.now();
    const seen = (
      await Promise.all(injectors.map((injector, lane) => passLane(injector, ofLane(chosen, lane))))
    ).flat();
    seen.sort((a, b) => a.injection.number - b.injection.number);
    const minutes = (performance.now() - begun) / 60_000;
    const { version } = installation as Installation;
    const text = asMarkdown({ seed, version, minutes, planned: planned(seed).length, seen });
    const wrong = wrongLines(seen);
    if (!isSample) console.log(text);
    if (page !== undefined) await writeTables(page, text);
    expect([...wrong, ...notMade.map((line) => `not made: ${line}`)]).toEqual([]);
  }, 10_800_000);

  function choose(): Injection[] {
    const all = planned(seed).filter(({ group }) => group !== 'space' || canMount);
    if (!canMount) console.warn('SKIPPED: faults of small disks, which only root can mount');
    if (only !== undefined) return all.filter((one) => namesOf(one).some((name) => only.includes(name)));
    return isSample ? sample(all, SAMPLE, seed) : all;
  }

  /** The standby belongs to one lane. */
  function ofLane(chosen: readonly Injection[], lane: number): Injection[] {
    const laneOf = ({ group, number }: Injection) => (group === 'standby' ? 0 : number % benches.length);
    return chosen.filter((injection) => laneOf(injection) === lane);
  }
});

/** Injections that could not be made, for a reason of the harness or of the machine: they are no faults, and are not counted. */
const notMade: string[] = [];

async function attempt(injector: Injector, injection: Injection, alsoNext: boolean): Promise<Seen | null> {
  try {
    return await injector.inject(injection, alsoNext);
  } catch (error) {
    notMade.push(`${namesOf(injection).join(' ')}: ${(error as Error).message.slice(0, 500)}`);
    return null;
  }
}

function namesOf({ number, group, command, kind }: Injection): string[] {
  return [String(number), group, command, kind];
}

async function passLane(injector: Injector, injections: readonly Injection[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const [index, injection] of injections.entries()) {
    const isLast = !injections.slice(index + 1).some(({ command }) => command === injection.command);
    const one = await attempt(injector, injection, index % EACH === EACH - 1 || (!isSample && isLast));
    if (one === null) continue;
    seen.push(one);
    if (log !== undefined) await appendFile(log, `${lineOf(one)}\n`);
  }
  return seen;
}

function lineOf(one: Seen): string {
  const { number, group, command, kind } = one.injection;
  const { status, signal, milliseconds } = one.ended;
  const wrong = wrongLines([one]).join('\n    ');
  const end = `${status ?? signal} ${one.isTruth ? 'same' : 'other'} ${Math.round(milliseconds)} ms`;
  return `${number}\t${group}\t${command}\t${kind}\t${one.fired ?? 'not reached'}\t${end}${wrong === '' ? '' : `\n    ${wrong}`}`;
}

const BEGIN = '<!-- written by npm run faults -->';
const END = '<!-- end -->';

async function writeTables(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8');
  const [head = '', rest = ''] = before.split(BEGIN);
  await writeFile(file, `${head}${BEGIN}\n\n${text}\n${END}${rest.split(END)[1] ?? '\n'}`);
}
