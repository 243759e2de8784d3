import { GENERIC } from '../../model/suite.ts';
import type { Rule } from './judgement.ts';

/** Automatic cases were asked for, and the snapshot has no values for them; said once, where the query is planned without. */
export const valuesMissing: Rule = ({ query, case: caseName }) => {
  const { unfound = [], generic, cases } = query;
  if (unfound.length === 0 || caseName !== (generic ? GENERIC : (cases[0]?.name ?? null))) return [];
  const some = cases.some(({ auto }) => auto);
  return [
    {
      code: 'values-missing',
      severity: 'note',
      message: some ? 'planned without some of its automatic cases' : 'planned without automatic cases',
      detail: unfound.map((reason) => `No value for ${reason}.`).join('\n'),
      hint: 'Give the values it needs: cases: { auto: { PARAMETER: VALUE } }',
    },
  ];
};
