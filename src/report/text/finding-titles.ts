import type { FindingCode } from '../../model/finding.ts';

/** The meaning of each kind of finding, in the words of docs/findings/README.md. */
export const FINDING_TITLES: Readonly<Record<FindingCode, string>> = {
  'cost-increased': 'the plan costs more than the accepted one',
  'cost-over-limit': 'the plan costs more than the query allows',
  'cost-decreased': 'the plan costs less than the accepted one',
  'plan-shape-changed': 'the plan has other nodes, indexes or conditions than the accepted one',
  'near-tie': 'the plan changed, but the accepted plan would cost the same',
  'rows-estimate-changed': 'the planner expects another number of rows',
  'forbidden-node': 'the plan contains a node that the query forbids',
  'index-not-used': 'the plan does not use an index that the query must use',
  'query-failed': 'PostgreSQL cannot plan the query',
  'baseline-missing': 'no plan was accepted yet',
  'baseline-stale': 'an accepted plan belongs to no query any more',
  'query-new': 'the revision has no plan to compare with',
  'query-removed': 'a query of the revision is not in the branch',
  'statistics-missing': "a plan was made without production's size and statistics",
  'estimated-size': 'a plan uses an index or table that is not in production yet, with an estimated size',
  'schema-drift': 'production has objects that the schema lacks',
  'values-missing': '`cases: auto` finds no value for a parameter',
  'generic-plan-flip': 'after five executions PostgreSQL switches to a generic plan of another shape',
  'time-dependent': 'a condition depends on the time',
  'function-reads-tables': 'planning runs a function that may read tables',
};
