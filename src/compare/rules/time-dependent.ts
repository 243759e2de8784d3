import { type Finding, SNAPSHOT_TIME } from '../../model/finding.ts';
import type { Rule } from './judgement.ts';

/** The query's estimates depend on the time: which functions use the snapshot's time, and which have no value yet. */
export const timeDependent: Rule = ({ timeCalls: { stable, volatile }, plannedAt }) => [
  ...(stable.length === 0 ? [] : [atSnapshotTime(stable, plannedAt)]),
  ...(volatile.length === 0 ? [] : [withoutValue(volatile)]),
];

function atSnapshotTime(calls: readonly string[], plannedAt: string): Finding {
  return {
    code: 'time-dependent',
    severity: 'note',
    message: `planned at ${plannedAt}: ${calls.join(', ')} ${calls.length === 1 ? 'uses' : 'use'} ${SNAPSHOT_TIME}`,
    detail: 'A newer snapshot moves the time on, and the estimates with it.',
  };
}

function withoutValue(calls: readonly string[]): Finding {
  return {
    code: 'time-dependent',
    severity: 'note',
    message: `${calls.join(', ')} ${calls.length === 1 ? 'has' : 'have'} no value while the query is planned`,
    detail:
      'PostgreSQL calls a volatile function only when the query runs. It estimates its conditions as a fixed share of the rows and cannot use an index for them, here as in production.',
  };
}
