import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RegressError } from '../../src/model/errors.ts';
import { type Coverage, coverage } from './coverage.ts';
import { HARD_WORDS, MAX_BYTES, mutated, toBytes } from './mutate.ts';
import { type Random, randomOf } from './random.ts';
import type { Target } from './target.ts';
import { type Watchdog, watchdog } from './watchdog.ts';

/** An input that was not read, or refused with a typed error, in time and memory. */
export interface Fault {
  /** What faults of one cause have in common. */
  readonly kind: string;
  readonly error: string;
  /** Cut down as far as the fault stays. */
  readonly input: string;
  /** Where the input is kept. */
  readonly file: string;
  times: number;
}

/** What a run of a target came to. */
export interface FuzzResult {
  readonly target: string;
  readonly executions: number;
  readonly minutes: number;
  /** Inputs that were read without an error. */
  readonly accepted: number;
  /** Messages of typed errors, without what they quote. */
  readonly errors: ReadonlyMap<string, number>;
  readonly branches: number;
  readonly slowestMs: number;
  readonly corpus: number;
  readonly faults: readonly Fault[];
}

interface Limits {
  readonly seed: number;
  /** A run ends with whichever comes first. */
  readonly milliseconds: number;
  readonly executions: number;
}

/** Of the processor's time, so that a busy machine finds no faults. */
const MAX_MS = 2_000;
/** By which one input may raise what the process takes. */
const MAX_MEMORY = 300 * 2 ** 20;
/** Longer inputs are thrown, but nothing is built on them. */
const MAX_CORPUS_BYTES = 16_000;

const FOLDER = process.env.REGRESS_FUZZ_FOLDER ?? join(tmpdir(), 'regress-fuzz');

/** What came of one input: null for a good end. */
interface Outcome {
  readonly fault: { readonly kind: string; readonly error: string } | null;
  readonly refusal: string | null;
  readonly ms: number;
}

/** Inputs between two looks at what they reached. */
const BATCH = 24;

/** Throws inputs at a target: its seeds, then mutations of them and of what reached new code. */
export async function fuzz(target: Target, { seed, milliseconds, executions }: Limits): Promise<FuzzResult> {
  await mkdir(FOLDER, { recursive: true });
  const random = randomOf(seed);
  const words = [...target.words.map(toBytes), ...HARD_WORDS];
  const corpus = [...target.seeds];
  const errors = new Map<string, number>();
  const faults = new Map<string, Fault>();
  const counted = { executions: 0, accepted: 0, slowestMs: 0 };
  const seen = coverage();
  const dog = watchdog(join(FOLDER, `${target.name}-hangs`), MAX_BYTES);
  const begun = performance.now();
  const goesOn = () => counted.executions < executions && performance.now() - begun < milliseconds;
  const watched = watchedBy(dog, target);
  try {
    let batch: string[] = [];
    while (goesOn()) {
      const input = target.seeds[counted.executions] ?? nextInput(target, corpus, random, words);
      const outcome = await outcomeOf(watched, input);
      counted.executions += 1;
      counted.slowestMs = Math.max(counted.slowestMs, outcome.ms);
      if (outcome.refusal !== null) errors.set(outcome.refusal, (errors.get(outcome.refusal) ?? 0) + 1);
      else if (outcome.fault === null) counted.accepted += 1;
      else await note(watched, input, outcome.fault, faults);
      // What is slow is not built on.
      if (outcome.fault === null && outcome.ms < MAX_MS / 20 && input.length <= MAX_CORPUS_BYTES) batch.push(input);
      if (batch.length < BATCH) continue;
      corpus.push(...(await interesting(batch, seen, watched)));
      batch = [];
    }
  } finally {
    seen.stop();
    await dog.end();
  }
  const minutes = (performance.now() - begun) / 60_000;
  return {
    target: target.name,
    ...counted,
    minutes,
    errors,
    branches: seen.known,
    corpus: corpus.length,
    faults: [...faults.values()],
  };
}

/** The target, each of whose inputs has its time. */
function watchedBy(dog: Watchdog, target: Target): Target {
  const run: Target['run'] = async (input) => {
    dog.watch(input);
    try {
      return await target.run(input);
    } finally {
      dog.watch(null);
    }
  };
  return { ...target, run };
}

/** Those of a batch that reached something new; where nothing did, which is the rule, a single look tells. */
async function interesting(batch: readonly string[], seen: Coverage, target: Target): Promise<string[]> {
  const together = seen.look();
  const found: string[] = [];
  if (together.length === 0) return found;
  for (const input of batch) {
    await attempt(target, input);
    const places = seen.look();
    if (places.length > 0) found.push(input);
    seen.learn(places);
  }
  seen.learn(together);
  return found;
}

function nextInput(target: Target, corpus: readonly string[], random: Random, words: readonly string[]): string {
  // What came last is worth the most.
  const recent = random.chance(0.3) ? corpus.slice(-20) : corpus;
  const input = random.pick(recent);
  const varied = random.chance(0.5) ? (target.vary?.(input, random) ?? null) : null;
  if (varied !== null && random.chance(0.8)) return varied.slice(0, MAX_BYTES);
  return mutated(varied ?? input, random.pick(corpus), random, words);
}

async function outcomeOf(target: Target, input: string): Promise<Outcome> {
  const first = await attempt(target, input);
  if (first.fault === null || !/^(?:slow|memory)/.test(first.fault.kind)) return first;
  // Once more, in case the machine did something else.
  collectGarbage();
  return attempt(target, input);
}

async function attempt(target: Target, input: string): Promise<Outcome> {
  const memory = process.memoryUsage.rss();
  const before = process.cpuUsage();
  const thrown = await target.run(input).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  const grown = process.memoryUsage.rss() - memory;
  const fault = faultOf(thrown, ms, grown);
  const refusal = fault === null && thrown !== null ? kindOfRefusal(thrown.error as RegressError) : null;
  return { fault, refusal, ms };
}

function faultOf(thrown: { error: unknown } | null, ms: number, grown: number): Outcome['fault'] {
  if (thrown !== null && !(thrown.error instanceof RegressError)) return untyped(thrown.error);
  const end = thrown === null ? 'read' : `refused with ${kindOfRefusal(thrown.error as RegressError)}`;
  if (ms > MAX_MS) return { kind: `slow, ${end}`, error: `${Math.round(ms)} ms, ${end}` };
  if (grown > MAX_MEMORY) return { kind: `memory, ${end}`, error: `${Math.round(grown / 2 ** 20)} MB, ${end}` };
  return null;
}

/** Errors of one kind come from one place of the source. */
function untyped(error: unknown): { kind: string; error: string } {
  if (!(error instanceof Error)) return { kind: `no error: ${typeof error}`, error: String(error) };
  const stack = error.stack ?? error.message;
  const place = /\/(?:src|node_modules)\/[^\s)]+/.exec(stack.slice(error.message.length))?.[0] ?? '';
  return { kind: `${error.name} ${error.name === 'Violation' ? withoutQuotes(error.message) : place}`, error: stack };
}

/** A message without numbers and what it quotes, so that equal mistakes are equal. */
function kindOfRefusal({ code, message, detail }: RegressError): string {
  // A place of a file is followed by the line itself.
  const said = detail === undefined || detail.startsWith('\n') ? message : `${message}; ${detail}`;
  return `${code}: ${withoutQuotes(said)}`;
}

function withoutQuotes(text: string): string {
  return text
    .replace(/^\S*:\d+:\d+: /, '')
    .replace(/"[^"]*"?|'[^']*'?|\/\S+/g, '…')
    .replace(/\d+(?:\.\d+)?/g, 'N')
    .replace(/ at \S+$/, ' at …')
    .replace(/[^ -~…]/g, '?')
    .slice(0, 90);
}

async function note(
  target: Target,
  input: string,
  fault: { readonly kind: string; readonly error: string },
  faults: Map<string, Fault>,
): Promise<void> {
  const known = faults.get(fault.kind);
  if (known !== undefined) {
    known.times += 1;
    return;
  }
  const small = await minimised(target, input, fault.kind);
  const file = join(FOLDER, `${target.name}-${faults.size + 1}`);
  await writeFile(file, Buffer.from(small, 'latin1'));
  faults.set(fault.kind, { ...fault, input: small, file, times: 1 });
  console.error(
    `fuzz ${target.name}: ${fault.error.split('\n').slice(0, 6).join('\n')}\n${file}: ${JSON.stringify(small.slice(0, 300))}`,
  );
}

const MINIMISING_MS = 8_000;

/** The input without every part whose absence keeps the fault, as far as there is time. */
async function minimised(target: Target, input: string, kind: string): Promise<string> {
  const until = performance.now() + MINIMISING_MS;
  let best = input;
  for (let length = Math.ceil(best.length / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let from = 0; from < best.length; ) {
      if (performance.now() > until) return best;
      const shorter = best.slice(0, from) + best.slice(from + length);
      const { fault } = await attempt(target, shorter);
      if (fault?.kind === kind) best = shorter;
      else from += length;
    }
  }
  return best;
}

let collect: (() => void) | undefined;

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
