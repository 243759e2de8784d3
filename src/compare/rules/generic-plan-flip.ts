import { formatCost } from '../../model/plans/figures.ts';
import type { Rule } from './judgement.ts';

/** After five executions PostgreSQL switches to the generic plan, which has another shape than the plan for these values. */
export const genericPlanFlip: Rule = ({ current, flip, thresholds }) => {
  if (flip === null) return [];
  const [custom, generic] = [current.totalCost, flip.generic.totalCost];
  const [less, more] = [Math.min(custom, generic), Math.max(custom, generic)];
  if (more < less * thresholds.cost.warn || more < thresholds.cost.ignoreBelow) return [];
  const isNew = flip.before === false;
  const when = flip.forced ? 'plan_cache_mode forces' : 'after five executions PostgreSQL switches to';
  return [
    {
      code: 'generic-plan-flip',
      severity: isNew ? 'warn' : 'note',
      message: `${when} the generic plan: ${flip.change}`,
      detail: [
        `The generic plan costs ${formatCost(generic)} for values of average frequency; the plan for these values costs ${formatCost(custom)}.`,
        ...(isNew ? ['With the accepted plans PostgreSQL does not switch.'] : []),
      ].join('\n'),
      hint: 'Set plan_cache_mode = force_custom_plan where this query runs, or keep the driver from preparing it.',
    },
  ];
};
