/** What an editor shows of each key of regress.yaml. */
export const CONFIG_TEXTS: Readonly<Record<string, string>> = {
  source: 'Production, or a replica: only read, by snapshot, verify, import and doctor.',
  'source.url': 'postgresql://user@host:5432/database; ${env:NAME} stands for a variable of the environment.',
  target: 'Where queries are planned.',
  'target.url': 'The server to plan on. Left out, or with a variable that is not set: a throwaway server.',
  'target.pgConfig': 'pg_config of the PostgreSQL to start, or to build the extension with. Left out: found.',
  'target.role': 'The role whose plans are made, with its settings, privileges and policies.',
  'target.prepare':
    'What builds the schema of the branch, in order, in an empty database. timeout is in seconds, 1800 where nothing is said; env names variables that a command gets although they lead to production.',
  snapshot: 'The directory of the snapshot; snapshots/production where nothing is said.',
  suites: 'The folder of the suites; suites where nothing is said.',
  map: 'Schemas of CI that are planned as others of production.',
  'map.schemas': "CI's schema: production's schema.",
  thresholds: 'From what difference to the accepted plan on a query warns or fails.',
  'thresholds.cost': 'Ratios of total costs.',
  'thresholds.cost.warn': 'From this ratio on a query warns; 1.1 where nothing is said.',
  'thresholds.cost.fail': 'From this ratio on a query fails; 1.5 where nothing is said.',
  'thresholds.cost.ignoreBelow': 'A cost below this neither warns nor fails; 100 where nothing is said.',
  'thresholds.rows.warn': 'An estimate of rows that went up or down by this ratio warns; 10 where nothing is said.',
  'thresholds.shape': 'What a plan of another shape is; warn where nothing is said.',
  'thresholds.drift':
    'What a query is that touches something production has and the schema lacks; warn where nothing is said.',
  failOn: 'What makes the exit status 1: any regression, or only what the branch did.',
  projects: 'Several databases in one check and one report; nothing else stands beside them.',
  'projects.name': 'Names the project in reports and for --project; the folder where nothing is said.',
  'projects.folder': 'A folder that has a regress.yaml of its own; nothing but a name stands beside it.',
  expect: 'What production will have, and has not yet.',
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
