import type { GinMetapage } from '../../model/snapshot.ts';
import { type Connection, quoteIdent } from '../../postgres/index.ts';

/**
 * Finds out how metapages can be read: by pageinspect (its functions require a superuser), or by the SECURITY DEFINER
 * functions of helperFunctionsSql. Until the server has entered a function, its owner's code may run as the caller. So a
 * function is trusted only if a superuser owns it, or if the owner of the database does and the caller has no rights
 * worth stealing. Functions that return rows of pg_statistic are useless if their owner may not read it.
 */
export const METAPAGE_ACCESS_SQL = `SELECT
  (SELECT n.nspname FROM pg_catalog.pg_extension e
   JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
   WHERE e.extname = 'pageinspect') AS pageinspect,
  pg_catalog.current_setting('is_superuser') = 'on' AS superuser,
  ARRAY(SELECT p.proname::pg_catalog.text ${trusted("p.proname NOT IN ('statistics', 'extended_statistics') OR pg_catalog.has_table_privilege(p.proowner, 'pg_catalog.pg_statistic', 'SELECT')")}
   ORDER BY p.proname) AS helpers,
  (SELECT r.rolname ${trusted('NOT r.rolsuper')} ORDER BY r.rolname LIMIT 1) AS owner
ORDER BY 1`;

/** The helper functions that the role may run and trust, under a condition on pg_proc `p` and its owner `r`. */
function trusted(condition: string): string {
  return `FROM pg_catalog.pg_proc p
   JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
   JOIN pg_catalog.pg_roles r ON r.oid = p.proowner
   WHERE n.nspname = 'regress'
     AND p.proname IN ('btree_height', 'gin_metapage', 'brin_revmap_pages', 'statistics', 'extended_statistics', 'range_end',
                       'pg_stats', 'pg_stats_ext', 'pg_stats_ext_exprs')
     AND p.proargtypes[0] = CASE WHEN p.proname IN ('btree_height', 'gin_metapage', 'brin_revmap_pages', 'range_end')
       THEN 'pg_catalog.regclass'::pg_catalog.regtype ELSE 'pg_catalog.oid[]'::pg_catalog.regtype END
     AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND p.prosecdef AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
     AND (r.rolsuper OR NOT pg_catalog.has_table_privilege('pg_catalog.pg_statistic', 'SELECT')
       AND EXISTS (SELECT FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
                   AND pg_catalog.pg_has_role(p.proowner, d.datdba, 'MEMBER')))
     AND (${condition})`;
}

export type Helper =
  | 'btree_height'
  | 'gin_metapage'
  | 'brin_revmap_pages'
  | 'statistics'
  | 'extended_statistics'
  | 'range_end'
  | 'pg_stats'
  | 'pg_stats_ext'
  | 'pg_stats_ext_exprs';

export interface MetapageAccess {
  /** Schema of pageinspect; null if it is not installed. */
  readonly pageinspect: string | null;
  readonly superuser: boolean;
  readonly helpers: readonly Helper[];
  /** Owner of the helper functions; null if there are none or a superuser owns them. */
  readonly owner: string | null;
}

export async function readMetapageAccess(connection: Connection): Promise<MetapageAccess> {
  const [row] = await connection.query<MetapageAccess>(METAPAGE_ACCESS_SQL);
  return row ?? { pageinspect: null, superuser: false, helpers: [], owner: null };
}

/** The quoted schema of pageinspect if the role may call it, else null. */
function inspectable(access: MetapageAccess): string | null {
  return access.superuser && access.pageinspect !== null ? quoteIdent(access.pageinspect) : null;
}

const INDEXES = `FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;
const CHOSEN = `WHERE c.oid = ANY ($1::pg_catalog.oid[])
ORDER BY c.oid`;
const INDEX_NAME = `pg_catalog.format('%I.%I', n.nspname, c.relname)`;

/** Height of B-trees: the level of the fast root, as _bt_getrootheight returns it (nbtpage.c). */
export function btreeHeightSql(access: MetapageAccess): string | null {
  const schema = inspectable(access);
  if (schema !== null) {
    return `SELECT c.oid, m.fastlevel::pg_catalog.int4 AS figure
${INDEXES}
CROSS JOIN LATERAL ${schema}.bt_metap(${INDEX_NAME}) m
${CHOSEN}`;
  }
  return helperSql(access, 'btree_height', 'regress.btree_height(c.oid::pg_catalog.regclass) AS figure');
}

/** BrinStatsData.revmapNumPages (brinGetStats in brin.c). */
export function brinRevmapSql(access: MetapageAccess): string | null {
  const schema = inspectable(access);
  if (schema !== null) {
    return `SELECT c.oid, (m.lastrevmappage - 1)::pg_catalog.int4 AS figure
${INDEXES}
CROSS JOIN LATERAL ${schema}.brin_metapage_info(${schema}.get_raw_page(${INDEX_NAME}, 0)) m
${CHOSEN}`;
  }
  return helperSql(
    access,
    'brin_revmap_pages',
    'regress.brin_revmap_pages(c.oid::pg_catalog.regclass)::pg_catalog.int4 AS figure',
  );
}

const GIN_COLUMNS = `m.n_pending_pages::pg_catalog.float8 AS "nPendingPages", m.n_total_pages::pg_catalog.float8 AS "nTotalPages",
       m.n_entry_pages::pg_catalog.float8 AS "nEntryPages", m.n_data_pages::pg_catalog.float8 AS "nDataPages",
       m.n_entries::pg_catalog.float8 AS "nEntries"`;

/** GinStatsData (ginGetStats in ginutil.c). */
export function ginMetapageSql(access: MetapageAccess): string | null {
  const schema = inspectable(access);
  if (schema === null && !access.helpers.includes('gin_metapage')) return null;
  const source =
    schema === null
      ? 'regress.gin_metapage(c.oid::pg_catalog.regclass)'
      : `${schema}.gin_metapage_info(${schema}.get_raw_page(${INDEX_NAME}, 0))`;
  return `SELECT c.oid, ${GIN_COLUMNS}
${INDEXES}
CROSS JOIN LATERAL ${source} m
${CHOSEN}`;
}

function helperSql(access: MetapageAccess, helper: Helper, expression: string): string | null {
  return access.helpers.includes(helper) ? `SELECT c.oid, ${expression}\n${INDEXES}\n${CHOSEN}` : null;
}

export type FigureRow = { readonly oid: number; readonly figure: number | null };
export type GinRow = GinMetapage & { readonly oid: number };

/** Entries of a revmap page: REVMAP_PAGE_MAXITEMS (access/brin_page.h). */
function revmapPageEntries(blockSize: number): number {
  return Math.floor((blockSize - 24 - 8) / 6);
}

const DEFAULT_PAGES_PER_RANGE = 128;

/** Revmap pages of a BRIN index over a heap that had `heapPages` pages at its last VACUUM. */
export function brinRevmapPages(heapPages: number, reloptions: readonly string[], blockSize: number): number {
  const option = reloptions.find((each) => each.startsWith('pages_per_range='))?.split('=')[1];
  const ranges = Math.ceil(heapPages / Number(option ?? DEFAULT_PAGES_PER_RANGE));
  return Math.max(0, Math.floor((ranges - 1) / revmapPageEntries(blockSize)));
}
