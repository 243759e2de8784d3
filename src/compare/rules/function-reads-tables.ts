import type { Finding } from '../../model/finding.ts';
import type { Rule } from './judgement.ts';

/** The query calls a function that may read tables during planning, where it sees the target's rows. */
export const functionReadsTables: Rule = ({ readingFunctions }) =>
  readingFunctions.map(
    (name): Finding => ({
      code: 'function-reads-tables',
      severity: 'warn',
      message: `${name} may read tables while the query is planned`,
      detail:
        'PostgreSQL runs immutable and stable functions to estimate conditions; the target lacks the rows that they read in production.',
      hint: 'Pass the value as a parameter with cases, or call the function in a subquery, (SELECT …): PostgreSQL does not run it during planning.',
    }),
  );
