import type { Judgement } from '../../src/compare/rules/judgement.ts';
import type { BaselineBlock } from '../../src/model/baseline.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { Thresholds } from '../../src/model/suite.ts';
import { query } from './plan-builders.ts';

/** Digests that a baseline and a plan have alike: what then differs is the schema. */
export const PROVENANCE = { query: 'q', snapshot: 's', settings: 'g' };

/** The defaults of a regress.yaml that says nothing. */
export const THRESHOLDS: Thresholds = {
  cost: { warn: 1.1, fail: 1.5, ignoreBelow: 100 },
  rows: { warn: 10 },
  shape: 'warn',
  drift: 'warn',
};

/** A plan to judge, in CI on 17, of which nothing is known but what the fields say. */
export function judgement(current: PlanNode, fields: Partial<Judgement> = {}): Judgement {
  return {
    query: query('q'),
    case: null,
    thresholds: THRESHOLDS,
    baseline: null,
    baselineMajor: 17,
    current,
    provenance: PROVENANCE,
    ci: true,
    major: 17,
    sourceMajor: 17,
    otherMajors: [],
    unknown: [],
    missing: [],
    reproduced: false,
    named: [],
    flip: null,
    timeCalls: { stable: [], volatile: [] },
    plannedAt: '2026-11-20 08:00:01 UTC',
    isNewCase: false,
    readingFunctions: [],
    ...fields,
  };
}

/** The block of a baseline that was accepted under PROVENANCE. */
export function acceptedBlock(plan: PlanNode, fields: Partial<BaselineBlock> = {}): BaselineBlock {
  return { query: 'q', case: null, provenance: PROVENANCE, reason: '', plan, ...fields };
}
