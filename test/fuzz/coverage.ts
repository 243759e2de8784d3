import { type Profiler, Session } from 'node:inspector';

/** Tells which inputs reached code, or reached it as often, as none before them. */
export interface Coverage {
  /** What ran since the last look and never before: places of branches, with how often. */
  look(): readonly string[];
  /** From now on these are known. */
  learn(places: readonly string[]): void;
  /** Places known so far. */
  readonly known: number;
  stop(): void;
}

/** Code whose branches tell inputs apart: ours, and the YAML reader's. */
const WATCHED = /\/src\/(?!page\/)|\/node_modules\/yaml\//;

/** By V8's own coverage, of which a look costs some milliseconds. */
export function coverage(): Coverage {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const known = new Set<string>();
  const take = (): readonly Profiler.ScriptCoverage[] => {
    let taken: readonly Profiler.ScriptCoverage[] = [];
    session.post('Profiler.takePreciseCoverage', (_, { result }) => {
      taken = result;
    });
    return taken.filter(({ url }) => WATCHED.test(url));
  };
  return {
    look: () =>
      take()
        .flatMap(placesOf)
        .filter((place) => !known.has(place)),
    learn: (places) => {
      for (const place of places) known.add(place);
    },
    get known() {
      return known.size;
    },
    stop: () => session.disconnect(),
  };
}

function placesOf({ url, functions }: Profiler.ScriptCoverage): string[] {
  const ranges = functions.flatMap((one) => one.ranges).filter(({ count }) => count > 0);
  // Of a count its order of magnitude.
  return ranges.map(({ startOffset, count }) => `${url}:${startOffset}:${Math.min(8, 32 - Math.clz32(count))}`);
}
