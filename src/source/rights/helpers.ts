import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
import { quoteIdent, quoteLiteral } from '../../postgres/index.ts';
import type { Helper } from '../indexes/metapages.ts';
import { HEIGHT_SETTINGS } from '../indexes/tree-height.ts';
import { isSecretColumn } from '../read/statistics.ts';

interface HelperFunction {
  readonly name: Helper;
  /** Types of the arguments, for GRANT. */
  readonly signature: string;
  readonly arguments: string;
  readonly returns: string;
  /** Language and settings besides search_path. */
  readonly options: string;
  /** Builds the body; `schema` is the schema of pageinspect. */
  readonly body: (schema: string) => string;
}

const GIN_FIGURES = ['n_pending_pages', 'n_total_pages', 'n_entry_pages', 'n_data_pages', 'n_entries'];

/**
 * Returns an end of a B-tree's first column, by an index scan. NULL for an expression, whose functions would run with the
 * owner's rights, and for an operator class that is not the default.
 */
const RANGE_END = `DECLARE probe text; found text;
BEGIN
  SELECT format('SELECT format(''%%s'', %1$I%5$s) FROM ONLY %2$s WHERE %1$I IS DISTINCT FROM NULL ORDER BY %1$I %3$s %4$s LIMIT 1',
    a.attname, i.indrelid::regclass, CASE WHEN i.indcollation[0] <> 0 THEN 'COLLATE ' || i.indcollation[0]::regcollation END,
    CASE WHEN $2 THEN 'DESC' ELSE 'ASC' END || CASE WHEN (i.indoption[0] & 2 <> 0) = ((i.indoption[0] & 1 <> 0) = $2)
      THEN ' NULLS FIRST' ELSE ' NULLS LAST' END,
    CASE WHEN a.atttypid = 24 AND i.indrelid < ${FIRST_USER_OID} THEN '::oid' END) INTO probe
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
  JOIN pg_opclass o ON o.oid = i.indclass[0] AND o.opcdefault
  WHERE i.indexrelid = $1 AND i.indkey[0] > 0 AND m.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND i.indpred IS NULL
    AND has_column_privilege(i.indrelid, a.attnum, 'SELECT');
  IF probe IS NOT NULL THEN EXECUTE probe INTO found; END IF;
  RETURN found;
END`;

/**
 * Returns the height of a B-tree, derived from the cost of a scan that is planned and not run; see heightsByExplain. NULL
 * if the planner chooses another index, or if the owner of the function may not read the table.
 */
const HEIGHT_BY_COST = `DECLARE probe text; plan json; scan json; name text;
BEGIN
  SELECT format('EXPLAIN (FORMAT JSON) SELECT 1 FROM ONLY %s %s ORDER BY %s LIMIT 1', i.indrelid::regclass,
    CASE WHEN i.indpred IS NOT NULL THEN 'WHERE ' || pg_get_expr(i.indpred, i.indrelid) END,
    (SELECT string_agg(format('(%s) %s %s %s', pg_get_indexdef(i.indexrelid, k, true),
        CASE WHEN i.indcollation[k - 1] <> 0 THEN 'COLLATE ' || i.indcollation[k - 1]::regcollation END,
        CASE WHEN i.indoption[k - 1] & 1 <> 0 THEN 'DESC' ELSE 'ASC' END,
        CASE WHEN i.indoption[k - 1] & 2 <> 0 THEN 'NULLS FIRST' ELSE 'NULLS LAST' END), ', ' ORDER BY k)
      FROM generate_series(1, i.indnkeyatts) AS k)), c.relname INTO probe, name
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
  WHERE i.indexrelid = $1 AND m.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid
    AND has_table_privilege(i.indrelid, 'SELECT') AND NOT row_security_active(i.indrelid)
    AND NOT EXISTS (SELECT FROM generate_series(1, i.indnkeyatts) AS k JOIN pg_opclass o ON o.oid = i.indclass[k - 1] WHERE NOT o.opcdefault);
  IF probe IS NULL THEN RETURN NULL; END IF;
  EXECUTE probe INTO plan;
  scan := plan->0->'Plan'->'Plans'->0;
  IF scan->>'Index Name' IS DISTINCT FROM name THEN RETURN NULL; END IF;
  RETURN floor((scan->>'Startup Cost')::float8 / 50) - 1;
END`;

/** Volatile, because EXPLAIN is a utility statement. */
const COSTS_OF_HEIGHTS = `LANGUAGE plpgsql VOLATILE ${HEIGHT_SETTINGS.map((setting) => setting.replace('SET LOCAL', 'SET')).join(' ')}`;

const HELPERS: readonly HelperFunction[] = [
  {
    name: 'btree_height',
    signature: 'regclass',
    options: 'LANGUAGE sql',
    arguments: 'regclass',
    returns: 'RETURNS int4 ',
    body: (schema) => `SELECT fastlevel::int4 FROM ${schema}.bt_metap($1::text)`,
  },
  {
    name: 'gin_metapage',
    signature: 'regclass',
    options: 'LANGUAGE sql',
    arguments: `regclass, ${GIN_FIGURES.map((figure) => `OUT ${figure} int8`).join(', ')}`,
    returns: '',
    body: (schema) =>
      `SELECT ${GIN_FIGURES.map((figure) => `${figure}::int8`).join(', ')} ` +
      `FROM ${schema}.gin_metapage_info(${schema}.get_raw_page($1::text, 0))`,
  },
  {
    name: 'brin_revmap_pages',
    signature: 'regclass',
    options: 'LANGUAGE sql',
    arguments: 'regclass',
    returns: 'RETURNS int4 ',
    body: (schema) =>
      `SELECT (lastrevmappage - 1)::int4 FROM ${schema}.brin_metapage_info(${schema}.get_raw_page($1::text, 0))`,
  },
  {
    name: 'statistics',
    signature: 'oid[]',
    arguments: 'oid[]',
    returns: 'RETURNS SETOF pg_statistic ',
    options: 'LANGUAGE sql STABLE',
    body: () => `SELECT s.* FROM pg_statistic s JOIN pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
  WHERE s.starelid = ANY ($1) AND NOT ${isSecretColumn('a.attrelid', 'a.attname')}`,
  },
  {
    name: 'extended_statistics',
    signature: 'oid[]',
    arguments: 'oid[]',
    returns: 'RETURNS SETOF pg_statistic_ext_data ',
    options: 'LANGUAGE sql STABLE',
    body: () => 'SELECT d.* FROM pg_statistic_ext_data d WHERE d.stxoid = ANY ($1)',
  },
  {
    name: 'range_end',
    signature: 'regclass, bool',
    arguments: 'regclass, bool',
    returns: 'RETURNS text ',
    options:
      "LANGUAGE plpgsql STABLE SET row_security = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET max_parallel_workers_per_gather = 0 SET extra_float_digits = 1 SET DateStyle = 'ISO, YMD' SET IntervalStyle = 'iso_8601' SET TimeZone = 'UTC' SET bytea_output = 'hex' SET lc_monetary = 'C'",
    body: () => RANGE_END,
  },
];

/** The functions that the owner of the tables can create, without pageinspect. */
const OWNER_HELPERS: readonly HelperFunction[] = [
  {
    name: 'btree_height',
    signature: 'regclass',
    arguments: 'regclass',
    returns: 'RETURNS int4 ',
    options: COSTS_OF_HEIGHTS,
    body: () => HEIGHT_BY_COST,
  },
  ...HELPERS.filter(({ name }) => ['statistics', 'extended_statistics', 'range_end'].includes(name)),
  {
    name: 'pg_stats',
    signature: 'oid[]',
    arguments: 'oid[]',
    returns: 'RETURNS SETOF pg_stats ',
    options: 'LANGUAGE sql STABLE',
    body: () => `SELECT v.* FROM pg_stats v JOIN pg_namespace n ON n.nspname = v.schemaname
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = v.tablename WHERE c.oid = ANY ($1)`,
  },
  ...(['pg_stats_ext', 'pg_stats_ext_exprs'] as const).map(
    (name): HelperFunction => ({
      name,
      signature: 'oid[]',
      arguments: 'oid[]',
      returns: `RETURNS SETOF ${name} `,
      options: 'LANGUAGE sql STABLE',
      body: () => `SELECT v.* FROM ${name} v JOIN pg_namespace n ON n.nspname = v.statistics_schemaname
  JOIN pg_statistic_ext x ON x.stxnamespace = n.oid AND x.stxname = v.statistics_name WHERE x.oid = ANY ($1)`,
    }),
  ),
];

/** The schema of the helper functions and, unless a superuser has put it elsewhere, of pageinspect. */
const HELPER_SCHEMA = 'regress';

/** Stops a script that was made without a connection if pageinspect is in another schema than the script assumes. */
const REQUIRE_PAGEINSPECT = `DO $$ DECLARE place text; BEGIN
  SELECT extnamespace::regnamespace INTO place FROM pg_extension WHERE extname = 'pageinspect';
  IF place <> '${HELPER_SCHEMA}' THEN
    RAISE 'pageinspect is in schema %', place USING HINT = 'To find it there, run: npx regress-pg init --grants --source postgresql://…';
  END IF;
END $$;
`;

/**
 * SQL for a superuser: SECURITY DEFINER functions that let `role` read the few figures of index metapages that a plan
 * depends on, and nothing else. `pageinspect` is the schema of that extension; null if it is not installed.
 */
export function helperFunctionsSql(
  role: string,
  pageinspect: string | null,
  helpers: readonly Helper[] = ['btree_height', 'gin_metapage', 'brin_revmap_pages'],
): string {
  return helperStatements(
    role,
    pageinspect,
    HELPERS.filter(({ name }) => helpers.includes(name)),
  ).join('; ');
}

/** `pageinspect` undefined: the extension is not needed. */
function helperStatements(
  role: string,
  pageinspect: string | null | undefined,
  helpers: readonly HelperFunction[],
): string[] {
  const install = pageinspect === null ? [`CREATE EXTENSION IF NOT EXISTS pageinspect SCHEMA ${HELPER_SCHEMA}`] : [];
  const schema = quoteIdent(pageinspect ?? HELPER_SCHEMA);
  const functions = helpers.flatMap(({ name, signature, returns, options, body, ...helper }) => [
    `CREATE OR REPLACE FUNCTION ${HELPER_SCHEMA}.${name}(${helper.arguments}) ${returns}${options} STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS ${quoteLiteral(body(schema))}`,
    `REVOKE ALL ON FUNCTION ${HELPER_SCHEMA}.${name}(${signature}) FROM PUBLIC`,
    `GRANT EXECUTE ON FUNCTION ${HELPER_SCHEMA}.${name}(${signature}) TO ${quoteIdent(role)}`,
  ]);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${HELPER_SCHEMA}`,
    ...install,
    `GRANT USAGE ON SCHEMA ${HELPER_SCHEMA} TO ${quoteIdent(role)}`,
    ...functions,
  ];
}

/**
 * A psql script that creates `role` if necessary, and lets it read everything a snapshot needs through helper functions
 * that a superuser owns. The role can select from no table. `pageinspect` as in helperFunctionsSql.
 */
export function grantsSql(role: string, pageinspect: string | null): string {
  const name = quoteIdent(role);
  return `-- Lets regress take snapshots of this database. Run it with psql as a superuser, once in each database.
-- ${role} can then read statistics (which hold values of columns) and figures of indexes, but select from no table.
-- Simpler, if the role may read all data: GRANT pg_read_all_data, pg_read_all_settings TO ${name};
BEGIN;
${pageinspect === null ? REQUIRE_PAGEINSPECT : ''}DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)}) THEN CREATE ROLE ${name} LOGIN; END IF;
END $$;
GRANT pg_read_all_settings TO ${name};
${helperStatements(role, pageinspect, HELPERS).join(';\n')};
COMMIT;
-- To undo this: DROP SCHEMA regress CASCADE; REVOKE pg_read_all_settings FROM ${name};
`;
}

/**
 * Like grantsSql, for services where nobody is a superuser. The owner of the database runs the script, and must own the
 * tables or be a member of the role that does. The reader can read what the owner sees.
 */
export function ownerGrantsSql(role: string): string {
  const name = quoteIdent(role);
  return `-- Lets regress take snapshots of this database, where nobody is a superuser. Run it with psql as the owner of the database,
-- who must own the tables or be a member of the role that does. ${role} can then read statistics (which hold values of
-- columns) and the ends of indexes, but select from no table. Only a superuser can provide the figures of GIN metapages.
-- Statistics are complete if you are a member of pg_read_all_data; otherwise they are those that pg_stats shows you.
BEGIN;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)}) THEN CREATE ROLE ${name} LOGIN; END IF;
END $$;
${helperStatements(role, undefined, OWNER_HELPERS).join(';\n')};
COMMIT;
-- To undo this: DROP SCHEMA regress CASCADE;
`;
}
