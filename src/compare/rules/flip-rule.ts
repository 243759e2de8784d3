import { formatCost } from '../../model/plans/figures.ts';
import type { Rule } from './judgement.ts';

/** After five executions PostgreSQL takes the generic plan, which works otherwise than the one for these values. */
export const genericPlanFlip: Rule = ({ current, flip, thresholds }) => {
  if (flip === null) return [];
  const [custom, generic] = [current.totalCost, flip.generic.totalCost];
  const [less, more] = [Math.min(custom, generic), Math.max(custom, generic)];
  if (more < less * thresholds.cost.warn || more < thresholds.cost.ignoreBelow) return [];
  const isNew = flip.before === false;
  const when = flip.forced ? 'plan_cache_mode takes' : 'after five executions PostgreSQL takes';
  return [
    {
      code: 'generic-plan-flip',
      severity: isNew ? 'warn' : 'note',
      message: `${when} the generic plan: ${flip.change}`,
      detail: [
        `It costs ${formatCost(generic)} for values of average frequency; the plan for these values costs ${formatCost(custom)}.`,
        ...(isNew ? ['With the plans of the baseline it does not.'] : []),
      ].join('\n'),
      hint: 'Set plan_cache_mode = force_custom_plan where this query runs, or have the driver not prepare it.',
    },
  ];
};
