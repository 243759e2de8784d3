import { SourceRefusal } from '../model/errors.ts';
import type { Query } from '../model/suite.ts';
import type { Connection } from '../postgres/index.ts';
import { MAY_READ_TABLES } from './reading-functions.ts';

/** Names in a query, as its lexer found them: MentionedNames of src/sql. */
export interface Mentioned {
  readonly names: readonly string[];
  readonly unclear: string | null;
}

/**
 * Functions of PostgreSQL and its contrib modules that run SQL given to them, or read tables, files, large objects or
 * other servers. Some are not volatile, so they may run while a query is planned (eval_const_expressions and
 * estimate_expression_value, clauses.c).
 */
export const REACHING_FUNCTIONS: readonly string[] = [
  ...['table_to_xml', 'table_to_xmlschema', 'table_to_xml_and_xmlschema'],
  ...['schema_to_xml', 'schema_to_xmlschema', 'schema_to_xml_and_xmlschema'],
  ...['database_to_xml', 'database_to_xmlschema', 'database_to_xml_and_xmlschema'],
  ...['query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'cursor_to_xml', 'cursor_to_xmlschema'],
  ...['ts_stat', 'ts_rewrite', 'xpath_table', 'crosstab', 'crosstab2', 'crosstab3', 'crosstab4', 'connectby'],
  ...['dblink', 'dblink_connect', 'dblink_exec', 'dblink_fetch', 'dblink_open', 'dblink_send_query'],
  ...['pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_get', 'lo_import', 'lo_export', 'loread'],
];

/**
 * Functions, by name ($1), that may run during planning and do more than compute a result from their arguments: those
 * above ($2) that are not volatile; users' functions that execute a text or call one of those; users' functions in an
 * untrusted language; and users' immutable functions that read tables, whose result the plan would show. Functions of
 * extensions may read their own tables, as PostGIS reads spatial_ref_sys. A volatile SQL function counts too, because
 * it may be inlined (inline_function, clauses.c); functions that return sets are not evaluated.
 */
export const REACHING_CALLS_SQL = `
SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text AS description
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.proname = ANY ($1) AND p.prokind = 'f'
   AND ((p.proname = ANY ($2) AND p.provolatile <> 'v' AND NOT p.proretset)
        OR (n.nspname NOT IN ('pg_catalog', 'information_schema') AND l.lanname NOT IN ('internal', 'c')
            AND (l.lanname = 'sql' OR (p.provolatile <> 'v' AND NOT p.proretset))
            AND (NOT l.lanpltrusted
                 OR COALESCE(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)
                    ~* ('\\m(execute|spi_\\w+|' || pg_catalog.array_to_string($2::pg_catalog.text[], '|') || ')\\M')
                 OR (p.provolatile = 'i' AND ${MAY_READ_TABLES}
                     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                                      WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid
                                        AND e.deptype = 'e')))))
 ORDER BY 1`;

/** Throws SourceRefusal for a query that would make the source do more than plan it. */
export async function requireHarmless(connection: Connection, { names, unclear }: Mentioned): Promise<void> {
  if (unclear !== null) throw new SourceRefusal(unclear);
  const [call] = await connection.query<{ description: string }>(REACHING_CALLS_SQL, [names, REACHING_FUNCTIONS]);
  if (call !== undefined) {
    throw new SourceRefusal(
      `it calls ${call.description}, which may run while it is planned and reaches further than its arguments`,
    );
  }
}

/** Settings that make planning take more time and memory the higher they are. */
const NO_HIGHER = [
  ...['join_collapse_limit', 'from_collapse_limit', 'geqo_threshold', 'geqo_effort', 'geqo_pool_size'],
  'geqo_generations',
];
/** Settings that make planning harder when they are on, then when they are off. */
const NOT_ON = ['enable_partitionwise_join', 'enable_partitionwise_aggregate'];
const NOT_OFF = ['geqo'];

/** For these, 0 lets PostgreSQL choose a number, which may be any. */
const CHOSEN_BY_ZERO = ['geqo_pool_size', 'geqo_generations'];

// No operators: the query's own search_path applies by then.
export const IN_FORCE_SQL = `
SELECT wanted.name, pg_catalog.current_setting(wanted.name) AS setting
  FROM pg_catalog.unnest($1::pg_catalog.text[]) AS wanted (name)
 ORDER BY 1`;

/** Settings by name. */
type Settings = Readonly<Record<string, string>>;

/**
 * The source's values of the settings that the query would raise, or null if there are none. Call it before the query's
 * settings apply.
 */
export async function watchedSettings(
  connection: Connection,
  { settings }: Pick<Query, 'settings'>,
): Promise<Settings | null> {
  const watched = [...NO_HIGHER, ...NOT_ON, ...NOT_OFF].filter((name) => Object.hasOwn(settings, name));
  if (watched.length === 0) return null;
  const rows = await connection.query<{ name: string; setting: string }>(IN_FORCE_SQL, [watched]);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/**
 * Throws SourceRefusal if the query's settings, which apply by now, let the planner work harder than the source's own
 * settings do. Lowering them instead would change the plan.
 */
export async function requireOwnLimits(connection: Connection, query: Pick<Query, 'settings'>, own: Settings) {
  const wanted = (await watchedSettings(connection, query)) ?? {};
  const raised = Object.keys(own).filter((name) => isRaised(name, wanted[name] ?? '', own[name] ?? ''));
  if (raised.length > 0) throw new SourceRefusal(`it raises ${raised.join(', ')} above the source's own`);
}

function isRaised(name: string, wanted: string, own: string): boolean {
  if (NOT_ON.includes(name)) return isOn(wanted) && !isOn(own);
  if (NOT_OFF.includes(name)) return !isOn(wanted) && isOn(own);
  if (CHOSEN_BY_ZERO.includes(name) && (Number(own) === 0) !== (Number(wanted) === 0)) return true;
  // NaN, for what JavaScript does not read as a number, counts as raised.
  return !(Number(wanted) <= Number(own));
}

/** Accepts every spelling that ALTER ROLE accepts (parse_bool, bool.c). */
function isOn(value: string): boolean {
  return /^(?:on|1|t|tr|tru|true|y|ye|yes)$/i.test(value.trim());
}
