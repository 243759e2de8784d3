import { type Finding, SNAPSHOT_TIME } from '../../model/finding.ts';
import type { Rule } from './judgement.ts';

/** The estimates of the query depend on the time: on which one, and what does not stand at it. */
export const timeDependent: Rule = ({ timeCalls: { stable, volatile }, plannedAt }) => [
  ...(stable.length === 0 ? [] : [standing(stable, plannedAt)]),
  ...(volatile.length === 0 ? [] : [unknown(volatile)]),
];

function standing(calls: readonly string[], plannedAt: string): Finding {
  return {
    code: 'time-dependent',
    severity: 'note',
    message: `planned at ${plannedAt}: ${calls.join(', ')} ${calls.length === 1 ? 'stands' : 'stand'} at ${SNAPSHOT_TIME}`,
    detail: 'With a newer snapshot the time moves on, and estimates with it.',
  };
}

function unknown(calls: readonly string[]): Finding {
  return {
    code: 'time-dependent',
    severity: 'note',
    message: `${calls.join(', ')} ${calls.length === 1 ? 'is' : 'are'} not known while the query is planned`,
    detail:
      'A volatile function has no value before the query runs, so that PostgreSQL estimates its conditions by a fixed share of the rows and cannot use an index for them, here as in production.',
  };
}
