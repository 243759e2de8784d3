import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import type { PlannedCase, Query } from '../model/suite.ts';

/**
 * Digest of a query's planner input: its statement, its settings, and its values or their absence. Names, thresholds
 * and expectations change no plan and are left out.
 */
export function planDigest({ statement, settings }: Query, { generic, values }: PlannedCase): string {
  return shortDigest({ statement, settings, generic, values });
}

/**
 * Digest of a query as a person wrote it. An automatic case counts by its name and the values given in the suite: its
 * other values come from the snapshot and change with it.
 */
export function queryDigest(query: Query, planned: PlannedCase): string {
  if (planned.auto === undefined) return planDigest(query, planned);
  const { statement, settings, auto } = query;
  return shortDigest({ statement, settings, case: planned.name, given: auto?.given ?? {} });
}

/** 16 hex digits of SHA-256, short enough to read in a diff. It shows a change and is no protection against tampering. */
export function shortDigest(value: unknown): string {
  return createHash('sha256').update(stringify(value)).digest('hex').slice(0, 16);
}
