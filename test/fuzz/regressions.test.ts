import { describe, expect, it } from 'vitest';
import { RegressError } from '../../src/model/errors.ts';
import { toBytes } from './mutate.ts';
import { joinParts, splitParts } from './parts.ts';
import type { Target } from './target.ts';
import { baselines } from './targets/baselines.ts';
import { config } from './targets/config.ts';
import { results } from './targets/results.ts';
import { snapshots } from './targets/snapshots.ts';
import { sqlSuites, yamlSuites } from './targets/suites.ts';

/** Inputs that were once faults: read without an error, or refused with one of this message, and soon. */
type Row = readonly [what: string, input: string | ((seeds: readonly string[]) => string), refused: RegExp | null];

const first = (seeds: readonly string[]): string => seeds[0] as string;
const nested = (levels: number, open = '[', close = ']', core = '') =>
  open.repeat(levels) + core + close.repeat(levels);

const HEADER = 'regress baseline, format 1, PostgreSQL 15';
const block = (...plan: readonly string[]) =>
  [HEADER, '', 'query: a', 'query digest: 1a', 'snapshot digest: 1a', 'settings digest: 1a', ...plan, ''].join('\n');
const SCAN = '-> Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)';

const BASELINES: readonly Row[] = [
  ['a cost of dots and digits', block(`-> Seq Scan on a  (cost=${'1..'.repeat(33_000)}`), /not a line of a plan node/],
  ['a cost of many numbers', block(SCAN.replace('1.00', '1.2.3')), /not a line of a plan node/],
  ['a property that no number can hold', block(SCAN, '   Filter: 1e400'), /too large/],
  ['a list with what no number can hold', block(SCAN, `   Filter: [1, {"a": ${'9'.repeat(400)}}]`), /too large/],
  ['rows of -0', block(SCAN.replace('rows=1', 'rows=-0')), null],
  ['a property of -0', block(SCAN, '   Filter: [-0, {"a": -0.0e1}]'), null],
  ['a block without a plan at the end of a file without a newline', block().trimEnd(), /expected a plan/],
  ['a cost no number can hold', block(SCAN.replace('1.00', '1e999')), /too large/],
  ['a property that is the prototype', block(SCAN, '   "__proto__": {"a": 1}'), null],
  ['a property that is deeply nested', block(SCAN, `   Filter: ${nested(40_000)}`), /nested/],
];

const YAML: readonly Row[] = [
  ['thousands of unknown keys', Array.from({ length: 12_000 }, (_, at) => `k${at}: 1\n`).join(''), /unknown key "k0"/],
  ['thousands of wrong values', `queries: [${'{a: 1},'.repeat(8_000)}]`, /unknown key "a"/],
  ...[150, 300, 1_000, 20_000].map(
    (levels): Row => [
      `a value of ${levels} lists within one another`,
      `queries: [{ name: a, sql: SELECT $1, cases: { b: [${nested(levels)}] } }]`,
      levels > 150 ? /nesting is too deep/ : null,
    ],
  ),
  ...[150, 300, 1_000].map(
    (levels): Row => [
      `a value of ${levels} blocks within one another`,
      `queries:\n  - name: a\n    sql: SELECT $1\n    cases:\n      b:\n        - ${'- '.repeat(levels)}1\n`,
      levels > 150 ? /nesting is too deep/ : null,
    ],
  ),
  [
    'thousands of keys in a map',
    `queries: []\nthresholds: {${Array.from({ length: 12_000 }, (_, at) => `k${at}: 1,`).join('')}}`,
    /unknown key "k0"/,
  ],
];

const SQL: readonly Row[] = [
  ['a name behind many spaces', `/* name:${' '.repeat(50_000)}\n x */ SELECT 1`, null],
  ['a name with many spaces inside', `-- name: a${' '.repeat(90_000)}b\nSELECT 1`, null],
  ['a comment of blank lines', `/*${'\n '.repeat(45_000)}*/ SELECT 1`, null],
  ['a comment of stars', `/*${' *'.repeat(45_000)}*/ SELECT 1`, null],
  ['many parameters declared', `/* ${'@param a -> ('.repeat(7_000)} */ SELECT 1`, null],
  [
    'parameters that stand for many fields',
    `/* @name a\n @param b -> ((${'c,'.repeat(20_000)})...) */ SELECT ${':b,'.repeat(10_000)}1`,
    /expand to more than/,
  ],
  ['many names', `SELECT ${Array.from({ length: 14_000 }, (_, at) => `:a${at}`).join()}`, null],
  ['deep parentheses', `SELECT ${nested(45_000, '(', ')', '1')}`, null],
  ['deep negations', `SELECT ${'NOT '.repeat(20_000)}true`, null],
  ...[1_000, 3_000, 6_000].flatMap((times): Row[] => [
    [`${times} operators`, `SELECT 1${'+1'.repeat(times)}`, null],
    [`${times} unions`, `SELECT 1, 2${' UNION SELECT 1, 2'.repeat(Math.min(times, 5_000))}`, null],
    [`${times} joins`, `SELECT 1 FROM a${' CROSS JOIN a'.repeat(times)}`, null],
    [`${times} casts`, `SELECT 1${'::int'.repeat(times)}`, null],
    [`${times} subqueries`, `SELECT ${nested(times, '(SELECT ', ')', '1')}`, null],
    [`${times} calls`, `SELECT ${nested(times, 'f(', ')', '1')}`, null],
  ]),
  ['a string without an end behind a long sum', `SELECT 1${'+1'.repeat(4_000)} 'x`, /cannot be read as SQL/],
  ['a long sum', `SELECT 1${'+1'.repeat(45_000)}`, null],
];

/** The parts of a snapshot, one of them changed. */
const changed = (at: number, change: (part: string) => string) => (seeds: readonly string[]) =>
  joinParts(splitParts(first(seeds)).map((part, index) => (index === at ? change(part) : part)));

const SNAPSHOTS: readonly Row[] = [
  ['a manifest that is deeply nested', changed(1, (json) => json.replace('{', `{"a":${nested(40_000)},`)), /malformed/],
  ['a relation that is deeply nested', changed(2, (json) => json.replace('{', `{"a":${nested(40_000)},`)), /malformed/],
  ['plans below plans', changed(3, () => `[${nested(4_000, '{"plans":[', ']}')}]`), /malformed/],
];

const NODE =
  '{"nodeType":"Limit","startupCost":0,"totalCost":1,"planRows":1,"planWidth":1,"properties":{"Parent Relationship":"Outer"},"plans":[';

/** A plan of so many nodes below one another, which are none. */
const emptyNodes = (levels: number) => `${'{"plans":['.repeat(levels)}{"plans":[]}${']}'.repeat(levels)}`;

const RESULTS: readonly Row[] = [
  [
    'thousands of results that are none',
    (seeds) => first(seeds).replace('"results":[', `"results":[${'{},'.repeat(50_000)}`),
    /At results\.0\.suite/,
  ],
  [
    'thousands of settings that are none',
    (seeds) =>
      first(seeds).replace(
        '"settings":{',
        `"settings":{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":1,`).join('')}`,
      ),
    /At settings\.k0/,
  ],
  [
    'a plan of hundreds of levels with a mistake on each',
    (seeds) => first(seeds).replace(/"plan":\{/, `"plan":${emptyNodes(370)},"other":{`),
    /At results\.0\.\w+\.plan\.nodeType/,
  ],
  [
    'a shard of more than can be counted',
    (seeds) => first(seeds).replace('"shard":null', '"shard":{"index":1,"total":9007199254740991,"places":[0,1,2]}'),
    /missing/,
  ],
  [
    'values below values',
    (seeds) => first(seeds).replace('"settings":{', `"a":${nested(40_000)},"settings":{`),
    /nested/,
  ],
  [
    'a property of 900 lists within one another',
    (seeds) => first(seeds).replace('"Index Cond":', `"a":${nested(900)},"Index Cond":`),
    null,
  ],
  ...[100, 240].map(
    (levels): Row => [
      `a plan of ${levels} nodes below one another`,
      (seeds) => first(seeds).replace('"plans":[]', `"plans":[${nested(levels, NODE, ']}')}]`),
      null,
    ],
  ),
  [
    'plans below plans',
    (seeds) => first(seeds).replace('"plans":[', `"plans":[${nested(5_000, '{"plans":[', ']}')},`),
    /nested/,
  ],
];

const CONFIG: readonly Row[] = [
  ['thousands of unknown keys', Array.from({ length: 12_000 }, (_, at) => `k${at}: 1\n`).join(''), /unknown key "k0"/],
];

const TABLES: readonly (readonly [() => Target, readonly Row[]])[] = [
  [baselines, BASELINES],
  [yamlSuites, YAML],
  [sqlSuites, SQL],
  [snapshots, SNAPSHOTS],
  [results, RESULTS],
  [config, CONFIG],
];

describe.each(TABLES)('%o', (make, rows) => {
  const target = make();
  it.each(rows)('%s', async (_, input, refused) => {
    const text = typeof input === 'string' ? toBytes(input) : input(target.seeds);
    const before = process.cpuUsage();
    const error = await target.run(text).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const { user, system } = process.cpuUsage(before);
    if (error !== null && !(error instanceof RegressError)) throw error;
    if (refused === null) expect(error).toBeNull();
    else expect(`${error?.message} ${error?.detail}`).toMatch(refused);
    // Of the processor's time.
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});
