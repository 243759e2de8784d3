/** Descriptions that editors show for the keys of regress.yaml. */
export const CONFIG_TEXTS: Readonly<Record<string, string>> = {
  source: 'Production, or a replica. Read by snapshot, verify, import and doctor; never written.',
  'source.url': 'postgresql://user@host:5432/database; ${env:NAME} is replaced by an environment variable.',
  target: 'Where queries are planned.',
  'target.url': 'The server to plan on. Without it, or if its variable is not set, regress starts a throwaway server.',
  'target.pgConfig':
    'pg_config of the PostgreSQL to start, or to build the extension with. Default: looked for in the usual places.',
  'target.role': 'The role to plan as, with its settings, privileges and row-level security policies.',
  'target.prepare':
    "Steps that build the branch's schema in an empty database, in this order. timeout is in seconds (default 1800); env names variables that are passed to a command even though they lead to production.",
  snapshot: 'The directory of the snapshot. Default: snapshots/production.',
  suites: 'The folder of the suites. Default: suites.',
  map: 'Schemas that have other names in production than in CI.',
  'map.schemas': "CI's schema: production's schema.",
  thresholds: 'How far a plan may differ from the accepted plan before its query warns or fails.',
  'thresholds.cost': 'Total cost, as a ratio to the accepted plan.',
  'thresholds.cost.warn': 'A cost ratio at or above this warns. Default: 1.1.',
  'thresholds.cost.fail': 'A cost ratio at or above this fails. Default: 1.5.',
  'thresholds.cost.ignoreBelow': 'A cost below this neither warns nor fails. Default: 100.',
  'thresholds.rows.warn': 'A row estimate that rises or falls by this ratio warns. Default: 10.',
  'thresholds.shape': 'Severity of a plan with a different shape (other nodes, joins or indexes). Default: warn.',
  'thresholds.drift':
    'Severity if a query uses a table of which production has more than the schema, such as an index. Default: warn.',
  failOn: 'Which regressions set exit status 1: any, or only those that the branch caused.',
  projects: 'Several databases in one check and one report. No other key may be beside it.',
  'projects.name': 'Name of the project in reports and for --project. Default: the folder.',
  'projects.folder': 'A folder with its own regress.yaml. Only a name may be beside it.',
  expect: 'What production will have, but does not have yet.',
  'expect.tables': 'Rows that new tables will have: { invoices: { rows: 2000000 } }.',
};

/** The same of a suite. */
export const SUITE_TEXTS: Readonly<Record<string, string>> = {
  queries: 'The queries to plan.',
  'queries.name': 'Names the query in reports and patterns; unique in its file.',
  'queries.sql': 'One statement, with named (:customer_id) or positional ($1) parameters.',
  'queries.cases':
    'Sets of parameter values by name, each planned separately; or auto, which takes values from the statistics.',
  'queries.generic': 'Also plan without values, as PostgreSQL may do after five executions of a prepared statement.',
  'queries.settings': 'PostgreSQL settings for this query, such as { work_mem: 64MB }.',
  'queries.expect': 'Requirements for the plan, whatever the baseline is.',
  'queries.expect.cost': 'The total cost must not exceed max.',
  'queries.expect.uses': 'Indexes that the plan must use.',
  'queries.expect.forbid': 'Nodes that the plan must not have: [{ node: Seq Scan, on: orders }].',
  'queries.thresholds': 'Overrides the thresholds of the suite.',
  'queries.stats':
    'How production uses the query, from pg_stat_statements (ms). Queries that take the most time are reported first.',
  'queries.tags': 'Where in the application the query comes from.',
  ignored: 'Names of queries that import and capture must not add.',
  cases: 'auto: take values from the statistics for every query with parameters.',
  thresholds: 'Overrides the thresholds of regress.yaml.',
};
