import type { Finding } from '../../model/finding.ts';
import type { Rule } from './judgement.ts';

/** The query calls a function that may read tables while it is planned, and finds the target's rows there. */
export const functionReadsTables: Rule = ({ readingFunctions }) =>
  readingFunctions.map(
    (name): Finding => ({
      code: 'function-reads-tables',
      severity: 'warn',
      message: `${name} may read tables while the query is planned`,
      detail:
        'PostgreSQL runs immutable and stable functions to estimate a condition; the target does not hold the rows they would find in production.',
      hint: 'Give the value as a parameter with cases, or call the function in a subquery: (SELECT …), which is not run while planning.',
    }),
  );
