import { posix } from 'node:path';
import { quoteIdent } from '../../postgres/index.ts';
import type { IndexedColumn } from '../../source/index.ts';

/** The content of a project's first files. */
export interface Project {
  /** The text in regress.yaml: a URL without a password, or `${env:REGRESS_SOURCE_URL}`. */
  readonly sourceUrl: string;
  /** How the branch's schema is built: a SQL file or a command; null if not known. */
  readonly schema: { readonly sql: string } | { readonly run: string } | null;
  /** Folder of the suites, relative to regress.yaml, with `/`. */
  readonly suites: string;
  /** Tables of the source to write example queries for. */
  readonly columns: readonly IndexedColumn[];
}

/** Folder of the JSON Schemas in the installed package, relative to regress.yaml. */
const SCHEMAS = 'node_modules/regress-pg/schema';

/** The text of regress.yaml. */
export function configText({ sourceUrl, schema, suites }: Project): string {
  const step =
    schema === null
      ? '    # - sql: db/schema.sql               # a file of SQL\n    # - run: npm run migrate              # a command; PG* and DATABASE_URL name the target\n'
      : `    - ${'sql' in schema ? `sql: ${yamlText(schema.sql)}` : `run: ${yamlText(schema.run)}`}\n`;
  return `# yaml-language-server: $schema=./${SCHEMAS}/regress.schema.json

# Production, or a replica. Only snapshot, verify, import and doctor connect to it, and only to read.
# Keep passwords out of this file.
source:
  url: ${yamlText(sourceUrl)}

target:
  # A server to plan on. While the variable is not set, regress starts a throwaway server.
  url: "\${env:REGRESS_TARGET_URL}"
  # Steps that build this branch's schema in an empty database, in this order.
  prepare:${schema === null ? ' []' : ''}
${step}
# Written by regress snapshot: production's planner statistics. They contain column values: protect
# the snapshot as you would a sample of the data.
snapshot: snapshots/production

# The folder of the queries to plan. Their accepted plans (baselines) are stored beside them.
suites: ${yamlText(suites)}

# A query warns or fails if its cost or row estimates differ from the accepted plan by these ratios.
# Costs below ignoreBelow never do.
thresholds:
  cost: { warn: 1.1, fail: 1.5, ignoreBelow: 100 }
  rows: { warn: 10 }
  shape: warn # if the plan has other nodes, joins or indexes: off, note, warn or fail
`;
}

/** The text of the example suite. Its queries use the source's tables if they are known. */
export function suiteText({ suites, columns }: Project): string {
  const up = posix.relative(posix.join('/', suites), '/');
  return `# yaml-language-server: $schema=${up === '' ? '.' : up}/${SCHEMAS}/suite.schema.json

# Replace these with the queries that matter to you. Write them by hand, or use regress import (from pg_stat_statements) or
# regress capture (from your tests).
queries:
${columns.length === 0 ? PLACEHOLDER : columns.map(queryText).join('\n')}`;
}

const PLACEHOLDER = `  - name: example
    sql: SELECT 1 AS one
  # - name: recent-orders
  #   sql: SELECT id, amount FROM orders WHERE customer_id = :customer_id ORDER BY created_at DESC LIMIT 20
  #   cases: auto                        # plan with values from the statistics: the most common one, a rare one, …
  #   expect: { uses: [orders_customer_id_created_at_idx] }
`;

function queryText({ schemaname, relname, attname, visible }: IndexedColumn): string {
  const table = visible ? sqlName(relname) : `${sqlName(schemaname)}.${sqlName(relname)}`;
  const parameter = /^[a-z_][a-z0-9_]*$/.test(attname) ? attname : 'value';
  const name = `${visible ? '' : `${schemaname}-`}${relname}-by-${attname}`.replace(/\s+/g, '-');
  return `  - name: ${yamlText(name)}
    sql: |
      SELECT * FROM ${table}
      WHERE ${sqlName(attname)} = :${parameter}
    cases: auto # plan with values from the statistics: the most common one, a rare one, one that no row has, …
`;
}

/** Leaves plain lower-case names unquoted, so that the example reads well, and quotes all others and reserved words. */
function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteIdent(name);
}

/** Reserved key words, from "SQL Key Words" in PostgreSQL's manual. */
const RESERVED = new Set(
  'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with'.split(
    ' ',
  ),
);

/** A text as a YAML scalar, without quotes if possible, so that files read well. */
function yamlText(text: string): string {
  return /^[A-Za-z_./][\w./ :-]*$/.test(text) && !/: |:$| $/.test(text) && !YAML_WORDS.test(text)
    ? text
    : JSON.stringify(text);
}

const YAML_WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i;
