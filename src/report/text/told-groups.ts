import type { PlanResult } from '../../model/result.ts';
import type { ReportOptions } from '../options.ts';
import { alike, alikeInFindings, worstFirst } from './groups.ts';
import { type Group, isOnlyMissing, isOnlyRemarked } from './result-block.ts';

/** Results that are told once. */
export interface ToldGroup {
  /**
   * `plan`: cases of a query whose plans changed alike. `remark`: plans that are as accepted, of which the same is to be
   * said. `missing`: plans without a baseline, and nothing else.
   */
  readonly kind: 'plan' | 'remark' | 'missing';
  readonly group: Group;
}

/** What is not as it should be, the worst first. */
export function toldGroups(results: readonly PlanResult[], options: ReportOptions): readonly ToldGroup[] {
  const troubled = worstFirst(results.filter(({ status }) => status !== 'ok'));
  const missing = troubled.filter(isOnlyMissing);
  const remarked = troubled.filter((result) => isOnlyRemarked(result, options));
  const quiet = new Set([...missing, ...remarked]);
  const groups: readonly ToldGroup[] = [
    ...alike(troubled.filter((result) => !quiet.has(result))).map((group) => ({ kind: 'plan', group }) as const),
    ...(isGroup(missing) ? [{ kind: 'missing', group: missing } as const] : []),
    ...alikeInFindings(remarked)
      .filter(isGroup)
      .map((group) => ({ kind: 'remark', group }) as const),
  ];
  const places = new Map(troubled.map((result, place) => [result, place]));
  const placeOf = ({ group: [first] }: ToldGroup) => places.get(first) ?? 0;
  return [...groups].sort((a, b) => placeOf(a) - placeOf(b));
}

function isGroup(results: readonly PlanResult[]): results is Group {
  return results.length > 0;
}
