import type { PlanResult } from '../../model/result.ts';
import { alike, alikeInFindings, worstFirst } from './groups.ts';
import { type Group, isOnlyMissing, isOnlyRemarked } from './result-block.ts';

/** Results that a report shows together. */
export interface ResultGroup {
  /**
   * `plan`: cases of a query whose plans changed in the same way. `remark`: plans that are as accepted, with identical
   * findings. `missing`: plans without a baseline and without other findings.
   */
  readonly kind: 'plan' | 'remark' | 'missing';
  readonly results: Group;
}

/** Groups the results that are not ok, the worst first. */
export function resultGroups(results: readonly PlanResult[]): readonly ResultGroup[] {
  const troubled = worstFirst(results.filter(({ status }) => status !== 'ok'));
  const missing = troubled.filter(isOnlyMissing);
  const remarked = troubled.filter(isOnlyRemarked);
  const quiet = new Set([...missing, ...remarked]);
  const groups: readonly ResultGroup[] = [
    ...alike(troubled.filter((result) => !quiet.has(result))).map(
      (group) => ({ kind: 'plan', results: group }) as const,
    ),
    ...(isGroup(missing) ? [{ kind: 'missing', results: missing } as const] : []),
    ...alikeInFindings(remarked)
      .filter(isGroup)
      .map((group) => ({ kind: 'remark', results: group }) as const),
  ];
  const places = new Map(troubled.map((result, place) => [result, place]));
  const placeOf = ({ results: [first] }: ResultGroup) => places.get(first) ?? 0;
  return [...groups].sort((a, b) => placeOf(a) - placeOf(b));
}

function isGroup(results: readonly PlanResult[]): results is Group {
  return results.length > 0;
}
