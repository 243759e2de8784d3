import { GENERIC } from '../../model/suite.ts';
import type { Rule } from './judgement.ts';

/** The snapshot has no values for an automatic case. One finding for the query, at its generic plan or else its first case. */
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
      hint: 'Give the missing values in the suite: cases: { auto: { PARAMETER: VALUE } }',
    },
  ];
};
