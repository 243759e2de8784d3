import type { FindingCode } from '../../model/finding.ts';

/** What each kind of finding says; the same words stand in docs/findings/README.md. */
export const FINDING_TITLES: Readonly<Record<FindingCode, string>> = {
  'cost-increased': 'the plan costs more than the accepted one',
  'cost-over-limit': 'the plan costs more than the query allows',
  'cost-decreased': 'the plan costs less than the accepted one',
  'plan-shape-changed': 'the plan works in another way',
  'near-tie': 'the plan works in another way, and the accepted way would cost the same',
  'rows-estimate-changed': 'the planner expects other numbers of rows',
  'forbidden-node': 'the plan holds a node that the query forbids',
  'index-not-used': 'the plan does without an index that the query is there to use',
  'query-failed': 'PostgreSQL cannot plan the query',
  'baseline-missing': 'nothing was accepted yet',
  'baseline-stale': 'an accepted plan has no query any more',
  'query-new': 'the revision has nothing to compare with',
  'query-removed': 'a query of the revision is gone',
  'statistics-missing': 'a plan was made without facts from production',
  'estimated-size': 'a plan leans on an index or table that is not in production yet, sized by a model',
  'schema-drift': 'production has what the schema lacks',
  'values-missing': '`cases: auto` finds no value for a parameter',
  'generic-plan-flip': 'PostgreSQL comes to take a generic plan that works otherwise',
  'time-dependent': 'a condition depends on the time',
  'function-reads-tables': 'planning runs a function that may read tables',
};
