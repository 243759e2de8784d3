import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { baselines } from './targets/baselines.ts';
import { config } from './targets/config.ts';
import { results } from './targets/results.ts';
import { snapshots } from './targets/snapshots.ts';
import { sqlSuites, yamlSuites } from './targets/suites.ts';

/** Minutes for each target; without it a small sample is thrown. */
const minutes = Number(process.env.REGRESS_FUZZ ?? 0);
const seed = Number(process.env.REGRESS_FUZZ_SEED ?? 1);

const TARGETS = [
  ['suites in YAML', yamlSuites],
  ['suites in SQL', sqlSuites],
  ['snapshots', snapshots],
  ['baselines', baselines],
  ['results', results],
  ['regress.yaml', config],
] as const;

/** Inputs of a sample. */
const SAMPLE = 100;
const SAMPLE_MS = 60_000;

describe.sequential('whatever is in a file, it is read or refused with a typed error, soon', () => {
  it.each(TARGETS)(
    '%s',
    async (_, target) => {
      const limits =
        minutes > 0
          ? { milliseconds: minutes * 60_000, executions: Number.POSITIVE_INFINITY }
          : { milliseconds: SAMPLE_MS, executions: SAMPLE };
      const result = await fuzz(target(), { seed, ...limits });
      tell(result);
      expect(result.faults.map(({ kind, times, file }) => `${kind} (${times} times): ${file}`)).toEqual([]);
      // A fuzzer that is refused at the door finds nothing.
      expect(result.errors.size).toBeGreaterThan(5);
      expect(result.accepted).toBeGreaterThan(0);
    },
    minutes * 60_000 + 120_000,
  );
});

/** The figures, for whoever runs it by hand. */
function tell(result: Awaited<ReturnType<typeof fuzz>>): void {
  if (minutes === 0) return;
  const figures = {
    target: result.target,
    seed,
    minutes: Number(result.minutes.toFixed(1)),
    executions: result.executions,
    accepted: result.accepted,
    typedErrors: result.errors.size,
    branches: result.branches,
    corpus: result.corpus,
    slowestMs: Math.round(result.slowestMs),
    faults: result.faults.map(({ kind, times }) => `${kind} ×${times}`),
  };
  console.log(JSON.stringify(figures, null, 2));
  const file = process.env.REGRESS_FUZZ_FIGURES;
  if (file !== undefined)
    appendFileSync(file, `${JSON.stringify({ ...figures, errors: Object.fromEntries(result.errors) })}\n`);
}
