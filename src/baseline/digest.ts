import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { PlannedCase, Query } from '../model/suite.ts';

/**
 * Digest of what a query asks the planner: its statement, the values or that there are none, and its settings. Not of
 * names, thresholds and expectations, which change no plan.
 */
export function planDigest({ statement, settings }: Query, { generic, values }: PlannedCase): string {
  return shortDigest({ statement, settings, generic, values });
}

/**
 * The same as a person wrote it: an automatic case by what it stands for, since its values belong to the snapshot and
 * move with it.
 */
export function queryDigest(query: Query, planned: PlannedCase): string {
  if (planned.auto === undefined) return planDigest(query, planned);
  const { statement, settings, auto } = query;
  return shortDigest({ statement, settings, case: planned.name, given: auto?.given ?? {} });
}

/** A digest people can tell apart in a diff: it shows a change, and protects against nothing. */
export function shortDigest(value: unknown): string {
  return createHash('sha256').update(stringify(value)).digest('hex').slice(0, 16);
}
