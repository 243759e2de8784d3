import { isDeepStrictEqual } from 'node:util';
import { formatBaseline, parseBaseline } from '../../../src/baseline/index.ts';
import type { Baseline } from '../../../src/model/baseline.ts';
import { RegressError } from '../../../src/model/errors.ts';
import { fromBytes } from '../mutate.ts';
import { filesBelow } from '../scratch.ts';
import { type Target, Violation } from '../target.ts';
import { requirePlace } from './suites.ts';

const ORIGIN = { file: 'suites/orders.pg15.baseline', suite: 'suites/orders.yaml', major: 15 };

const WORDS = [
  ...[
    'query: ',
    'case: ',
    'values: ',
    'reason: ',
    'query digest: ',
    'snapshot digest: ',
    'settings digest: ',
    'noise: ',
    'cost x1.08, rows x2.4, 5 snapshots, shapes 1a2b3c4d',
  ],
  ...[
    '-> ',
    '   -> ',
    '-> Seq Scan on orders o  (cost=0.00..1.00 rows=1 width=4)',
    '  (cost=0.00..1.00 rows=1 width=4)',
    ' using a',
    ' on a',
    ' as a',
    ' -',
    '1..',
    '1e',
    '"a b"',
    '"\\u0000"',
    '"\\',
  ],
  ...[
    '   Parent Relationship: Outer',
    '   Parent Relationship: null',
    '   "__proto__": 1',
    '   Schema: x',
    '   Schema: null',
    '   Filter: ["a", 1, true]',
    '   Filter: {"a": [null]}',
    '   Filter: 1e400',
  ],
  ...[
    '<<<<<<< a',
    '=======',
    '>>>>>>> b',
    'regress baseline, format 1, PostgreSQL 15',
    'regress baseline, format 2, PostgreSQL 15',
    '\n\n',
  ],
];

/** Baselines: what is read of one is written as it was read. */
export function baselines(): Target {
  return {
    name: 'baselines',
    seeds: [...filesBelow('suites', /\.pg15\.baseline$/, 5_000), ...filesBelow('suites', /\.pg15\.baseline$/, 1_200)],
    words: WORDS,
    run: async (input) => {
      const text = fromBytes(input);
      try {
        const baseline = parseBaseline(text, ORIGIN);
        const written = formatBaseline(baseline);
        const again = reread(written);
        if (!isDeepStrictEqual(again, baseline)) throw new Violation('a baseline is not read as it was written');
        if (formatBaseline(again) !== written) throw new Violation('a baseline is not written the same again');
      } catch (error) {
        if (error instanceof RegressError) requirePlace(error, text);
        throw error;
      }
    },
  };
}

function reread(written: string): Baseline {
  try {
    return parseBaseline(written, ORIGIN);
  } catch (error) {
    throw new Violation(`a baseline that was written is not read: ${(error as Error).message}`);
  }
}
