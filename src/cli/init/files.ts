import { posix } from 'node:path';
import { quoteIdent } from '../../postgres/index.ts';
import type { IndexedColumn } from '../../source/index.ts';

/** What a project's first files say. */
export interface Project {
  /** As it stands in regress.yaml: a URL without a password, or `${env:REGRESS_SOURCE_URL}`. */
  readonly sourceUrl: string;
  /** How the schema of the branch is built: a file of SQL, a command, or null where nobody said. */
  readonly schema: { readonly sql: string } | { readonly run: string } | null;
  /** Folder of the suites relative to regress.yaml, with `/`. */
  readonly suites: string;
  /** Tables of the source to write example queries for. */
  readonly columns: readonly IndexedColumn[];
}

/** Where an installed package keeps the JSON Schemas, from the folder of regress.yaml. */
const SCHEMAS = 'node_modules/regress-pg/schema';

/** The text of regress.yaml. */
export function configText({ sourceUrl, schema, suites }: Project): string {
  const step =
    schema === null
      ? '    # - sql: db/schema.sql               # a file of SQL, sent as it is\n    # - run: npm run migrate              # a command; gets PG* and DATABASE_URL of the target\n'
      : `    - ${'sql' in schema ? `sql: ${yamlText(schema.sql)}` : `run: ${yamlText(schema.run)}`}\n`;
  return `# yaml-language-server: $schema=./${SCHEMAS}/regress.schema.json

# Production, or a replica. Only read, and only by snapshot, verify, import and doctor. Keep passwords out of this file.
source:
  url: ${yamlText(sourceUrl)}

target:
  # A server of your own to plan on; while the variable is not set, regress starts a throwaway one.
  url: "\${env:REGRESS_TARGET_URL}"
  # What builds the schema of this branch, in order, in an empty database.
  prepare:${schema === null ? ' []' : ''}
${step}
# Written by regress snapshot. It holds values of columns: keep it as you would a sample of the data.
snapshot: snapshots/production

# The queries to plan, and beside them their accepted plans.
suites: ${yamlText(suites)}

# Ratios to the accepted plan from which a query warns or fails; costs under ignoreBelow never do.
thresholds:
  cost: { warn: 1.1, fail: 1.5, ignoreBelow: 100 }
  rows: { warn: 10 }
  shape: warn # a plan of another shape: off, note, warn or fail
`;
}

/** The text of the example suite, whose queries plan on the source's schema where its tables are known. */
export function suiteText({ suites, columns }: Project): string {
  const up = posix.relative(posix.join('/', suites), '/');
  return `# yaml-language-server: $schema=${up === '' ? '.' : up}/${SCHEMAS}/suite.schema.json

# Replace these by the queries that matter to you: by hand, by regress import (pg_stat_statements), or by regress capture (tests).
queries:
${columns.length === 0 ? PLACEHOLDER : columns.map(queryText).join('\n')}`;
}

const PLACEHOLDER = `  - name: example
    sql: SELECT 1 AS one
  # - name: recent-orders
  #   sql: SELECT id, amount FROM orders WHERE customer_id = :customer_id ORDER BY created_at DESC LIMIT 20
  #   cases: auto                        # planned for values from the statistics: the commonest, a rare one, …
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
    cases: auto # planned for values from the statistics: the commonest, a rare one, one that no row has, …
`;
}

/** Words that SQL does not take for a name as they are are rare among columns, so only plain lower-case names stay bare. */
function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : quoteIdent(name);
}

/** Reserved key words of PostgreSQL, "SQL Key Words" of its manual, that tables and columns are called by. */
const RESERVED = new Set(
  'all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window with'.split(
    ' ',
  ),
);

/** A text as YAML takes it; plain where that is the same, so that files read well. */
function yamlText(text: string): string {
  return /^[A-Za-z_./][\w./ :-]*$/.test(text) && !/: |:$| $/.test(text) && !YAML_WORDS.test(text)
    ? text
    : JSON.stringify(text);
}

const YAML_WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i;
