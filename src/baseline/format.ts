import type { Baseline, BaselineBlock } from '../model/baseline.ts';
import { formatNoise } from './noise-line.ts';
import { formatPlan } from './plan-text/format.ts';
import { formatValue } from './plan-text/scalar.ts';

/** The version of the baseline format that this regress reads and writes. */
export const BASELINE_FORMAT_VERSION = 1;

/** Labels of a block's head, in the order in which they are written. */
export const HEAD = {
  query: 'query',
  case: 'case',
  values: 'values',
  reason: 'reason',
  queryDigest: 'query digest',
  snapshotDigest: 'snapshot digest',
  settingsDigest: 'settings digest',
  noise: 'noise',
} as const;

/** The text of a baseline file: a line with format and major, then a block for each query and case. */
export function formatBaseline({ major, blocks }: Baseline): string {
  const header = `regress baseline, format ${BASELINE_FORMAT_VERSION}, PostgreSQL ${major}`;
  return [header, ...blocks.map(formatBlock)].map((part) => `${part}\n`).join('\n');
}

function formatBlock({ query, case: caseName, values, reason, provenance, plan, noise }: BaselineBlock): string {
  const head: [string, string | null][] = [
    [HEAD.query, query],
    [HEAD.case, caseName],
    [HEAD.values, values ?? null],
    [HEAD.reason, reason === '' ? null : reason],
    [HEAD.queryDigest, provenance.query],
    [HEAD.snapshotDigest, provenance.snapshot],
    [HEAD.settingsDigest, provenance.settings],
    [HEAD.noise, noise === undefined ? null : formatNoise(noise)],
  ];
  const lines = head.flatMap(([label, value]) => (value === null ? [] : [`${label}: ${formatValue(value)}`]));
  return [...lines, ...formatPlan(plan)].join('\n');
}
