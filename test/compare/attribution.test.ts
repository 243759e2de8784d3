import { describe, expect, it, test } from 'vitest';
import {
  attribute,
  branchStatusOf,
  causeOfFinding,
  changedBy,
  type Stage,
  snapshotGrowth,
  summarizeCauses,
  withCause,
} from '../../src/compare/index.ts';
import type { Cause, Finding, Severity } from '../../src/model/finding.ts';
import { hashJoin, seqScan } from '../support/plan-builders.ts';

const cost = (severity: Severity): Finding => ({ code: 'cost-increased', severity, message: 'cost rose' });
const shape: Finding = { code: 'plan-shape-changed', severity: 'warn', message: 'became' };

const stage = (cause: Cause, ...findings: Finding[]): Stage => ({
  causes: [cause],
  byBranch: cause === 'schema' || cause === 'query',
  findings,
});

describe('attribute', () => {
  it.each<[string, Stage[], Cause[]]>([
    ['the only change', [stage('schema', cost('fail'))], ['schema']],
    ['the stage at which it is found', [stage('schema'), stage('snapshot', cost('fail'))], ['snapshot']],
    ['not a later one that leaves it so', [stage('schema', cost('fail')), stage('snapshot', cost('fail'))], ['schema']],
    [
      'each that makes it worse',
      [stage('schema', cost('warn')), stage('snapshot', cost('fail'))],
      ['schema', 'snapshot'],
    ],
    ['what is left when it becomes better', [stage('query', cost('fail')), stage('snapshot', cost('warn'))], ['query']],
    ['no finding of another code', [stage('schema', shape), stage('settings', cost('warn'))], ['settings']],
  ])('names %s', (_, stages, causes) => {
    expect(attribute({ code: 'cost-increased' }, stages)).toEqual(causes);
  });
});

it.each([
  [[stage('schema'), stage('snapshot', cost('fail'))], 'ok'],
  [[stage('schema', cost('warn')), stage('query', cost('fail')), stage('snapshot', cost('fail'))], 'fail'],
  [[stage('schema', cost('fail')), stage('query', cost('warn')), stage('snapshot', cost('fail'))], 'warn'],
  [[stage('settings', cost('fail'))], 'ok'],
])('the status of the branch is that of its last stage', (stages, status) => {
  expect(branchStatusOf(stages)).toBe(status);
});

it('puts the sentence that was found in place of the guess', () => {
  const guess = 'The snapshot changed since the baseline was accepted.';
  const finding: Finding = { ...shape, detail: `Sort is gone.\n${guess}`, cause: ['snapshot'] };
  expect(withCause(finding, ['schema'], 'Found.')).toMatchObject({
    detail: 'Sort is gone.\nFound.',
    cause: ['schema'],
  });
});

test.each<[Cause[], Cause[], string]>([
  [
    ['schema'],
    ['snapshot'],
    'Cause: the branch changed the schema; the finding is the same with the snapshot of the baseline.',
  ],
  [['snapshot'], ['snapshot'], 'Cause: public.orders grew 80 % since the baseline; this branch did not cause it.'],
  [
    ['settings'],
    ['settings', 'snapshot'],
    'Cause: work_mem went from 64 to 4096; the finding is the same with the snapshot of the baseline; this branch did not cause it.',
  ],
  [
    ['query', 'snapshot'],
    ['query', 'snapshot'],
    'Cause: the branch changed the query and public.orders grew 80 % since the baseline.',
  ],
])('tells of %j', (cause, tried, sentence) => {
  const story = {
    name: 'the baseline',
    tried,
    growth: 'public.orders grew 80 %',
    settings: ['work_mem went from 64 to 4096'],
  };
  expect(causeOfFinding(cause, story)).toBe(sentence);
});

describe('summarizeCauses', () => {
  const plan = (causes: Cause[], fields = {}) => ({
    causes,
    known: true,
    settingsByBranch: false,
    growth: null,
    ...fields,
  });

  const summarize = (plans: ReturnType<typeof plan>[]) =>
    summarizeCauses(plans.map((facts) => ({ changedBy: changedBy(facts) })));

  it('counts each plan once, the branch first', () => {
    expect(
      summarize([
        plan(['schema', 'snapshot']),
        plan(['query']),
        plan(['settings']),
        plan(['settings'], { settingsByBranch: true }),
        plan(['snapshot'], { growth: 'a grew 5 %' }),
        plan(['snapshot'], { growth: 'b grew 9 %' }),
        plan(['snapshot'], { growth: 'b grew 9 %' }),
        plan(['version']),
        plan(['snapshot'], { known: false }),
      ]),
    ).toEqual({ branch: 3, settings: 1, snapshot: 3, version: 1, unknown: 1, growth: 'b grew 9 %' });
  });

  it('says nothing where no plan differs', () => {
    expect(summarize([])).toBeNull();
  });
});

it.each([
  [100, 180, 'public.orders grew 80 %'],
  [100, 40, 'public.orders shrank 60 %'],
  [100, 350, 'public.orders grew 3.5 times'],
  [100, 100, null],
  [-1, 500, null],
])('of %d rows that became %d it says %j', (before, after, text) => {
  const sizes = new Map([
    ['public.orders', { name: 'public.orders', before, after }],
    ['public.others', { name: 'public.others', before: 1, after: 1_000_000 }],
  ]);
  const plan = hashJoin(seqScan('orders'), seqScan('customers'));
  expect(snapshotGrowth([plan], sizes)).toBe(text);
});
