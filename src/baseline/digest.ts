import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { PlannedCase, Query } from '../model/suite.ts';

/**
 * Digest of what a query asks the planner: its statement, the values or that there are none, and its settings. Not of
 * names, thresholds and expectations, which change no plan.
 */
export function queryDigest({ statement, settings }: Query, { generic, values }: PlannedCase): string {
  return createHash('sha256').update(stringify({ statement, settings, generic, values })).digest('hex');
}
