import { quoteIdent, quoteLiteral } from '../postgres/index.ts';
import type { Helper } from './metapages.ts';

interface HelperFunction {
  readonly name: Helper;
  readonly arguments: string;
  readonly returns: string;
  /** Over the schema of pageinspect. */
  readonly body: (schema: string) => string;
}

const GIN_FIGURES = ['n_pending_pages', 'n_total_pages', 'n_entry_pages', 'n_data_pages', 'n_entries'];

const HELPERS: readonly HelperFunction[] = [
  {
    name: 'btree_height',
    arguments: 'regclass',
    returns: 'RETURNS int4 ',
    body: (schema) => `SELECT fastlevel::int4 FROM ${schema}.bt_metap($1::text)`,
  },
  {
    name: 'gin_metapage',
    arguments: `regclass, ${GIN_FIGURES.map((figure) => `OUT ${figure} int8`).join(', ')}`,
    returns: '',
    body: (schema) =>
      `SELECT ${GIN_FIGURES.map((figure) => `${figure}::int8`).join(', ')} ` +
      `FROM ${schema}.gin_metapage_info(${schema}.get_raw_page($1::text, 0))`,
  },
  {
    name: 'brin_revmap_pages',
    arguments: 'regclass',
    returns: 'RETURNS int4 ',
    body: (schema) =>
      `SELECT (lastrevmappage - 1)::int4 FROM ${schema}.brin_metapage_info(${schema}.get_raw_page($1::text, 0))`,
  },
];

/** The schema of the helper functions and, where a superuser has not put it elsewhere, of pageinspect. */
const HELPER_SCHEMA = 'regress';

/**
 * SQL for a superuser: SECURITY DEFINER functions that let `role` read the few figures of index metapages a plan depends
 * on, and nothing else. `pageinspect` is the schema that extension is in, null where it is not installed.
 */
export function helperFunctionsSql(
  role: string,
  pageinspect: string | null,
  helpers: readonly Helper[] = ['btree_height', 'gin_metapage', 'brin_revmap_pages'],
): string {
  const install = pageinspect === null ? [`CREATE EXTENSION IF NOT EXISTS pageinspect SCHEMA ${HELPER_SCHEMA}`] : [];
  const schema = quoteIdent(pageinspect ?? HELPER_SCHEMA);
  const functions = HELPERS.filter((helper) => helpers.includes(helper.name)).flatMap((helper) => [
    `CREATE OR REPLACE FUNCTION ${HELPER_SCHEMA}.${helper.name}(${helper.arguments}) ${helper.returns}LANGUAGE sql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS ${quoteLiteral(helper.body(schema))}`,
    `REVOKE ALL ON FUNCTION ${HELPER_SCHEMA}.${helper.name}(regclass) FROM PUBLIC`,
    `GRANT EXECUTE ON FUNCTION ${HELPER_SCHEMA}.${helper.name}(regclass) TO ${quoteIdent(role)}`,
  ]);
  return [
    `CREATE SCHEMA IF NOT EXISTS ${HELPER_SCHEMA}`,
    ...install,
    `GRANT USAGE ON SCHEMA ${HELPER_SCHEMA} TO ${quoteIdent(role)}`,
    ...functions,
  ].join('; ');
}
