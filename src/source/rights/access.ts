import { USER_RELATION } from '../../catalog/index.ts';
import { majorSql, readServer } from '../../environment/index.ts';
import type { SourceServer } from '../../model/manifest.ts';
import { type Connection, serverVersion } from '../../postgres/index.ts';
import { type MetapageAccess, readMetapageAccess } from '../indexes/metapages.ts';
import { qualifiedName } from '../read/scope.ts';
import { inTransaction, SESSION_SETTINGS_SQL } from '../transaction.ts';
import { type Privileges, readPrivileges } from './privileges.ts';
import { OWNER_FUNCTIONS, VIEWS } from './visible-statistics.ts';

/** How much of the data that a snapshot needs a role can read. */
export interface SourceAccess {
  readonly server: SourceServer;
  readonly standby: boolean;
  /** False for a role without pg_read_all_settings. */
  readonly seesPreloadLibraries: boolean;
  readonly privileges: Privileges;
  readonly metapages: MetapageAccess;
  readonly coverage: Coverage;
}

/** How many columns should have statistics, and of how many the role sees them. */
export interface Coverage {
  /** Columns of tables that were analyzed and hold rows. */
  readonly columns: number;
  readonly seen: number;
  /** Tables with such columns, and those of which the role sees the statistics of every column. */
  readonly tables: number;
  readonly seenTables: number;
  /** Tables, quoted and qualified, of which the role sees no column statistics. */
  readonly unseen: readonly string[];
  /** Tables with a file that were never analyzed. */
  readonly neverAnalyzed: readonly string[];
  /** Tables whose rows row-level security hides from the role. */
  readonly rowSecurity: readonly string[];
  /** Quoted and qualified. */
  readonly ginIndexes: readonly string[];
}

/**
 * Statistics that the role sees in pg_stats, which any role may query. A role that may read pg_statistic itself sees all
 * of them ($1). Columns whose statistics target is 0 have none.
 */
const coverageSql = (
  stats: string,
): string => `SELECT ${qualifiedName('n', 'c')} AS name, c.relkind, c.reltuples::pg_catalog.float8 AS reltuples,
       (SELECT pg_catalog.count(*)::pg_catalog.int4 FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND COALESCE(a.attstattarget, -1) <> 0) AS columns,
       CASE WHEN $1::pg_catalog.bool THEN NULL ELSE
         (SELECT pg_catalog.count(DISTINCT s.attname)::pg_catalog.int4 FROM ${stats} s
          WHERE s.schemaname = n.nspname AND s.tablename = c.relname) END AS seen,
       pg_catalog.row_security_active(c.oid) AS row_security,
       pg_catalog.pg_relation_size(c.oid, 'main') > 0 AS filled,
       ARRAY(SELECT ${qualifiedName('n', 'x')} FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
        WHERE i.indrelid = c.oid AND m.amname = 'gin' AND x.relkind = 'i' AND i.indisvalid
        ORDER BY x.relname) AS gin
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE ${USER_RELATION} AND c.relkind IN ('r', 'm')
ORDER BY n.nspname, c.relname`;

const COVERAGE_SQL = coverageSql(VIEWS.stats);
/** Like COVERAGE_SQL, through the helper function of the tables' owner. */
const OWNER_COVERAGE_SQL = coverageSql(OWNER_FUNCTIONS.stats.replace('$1::pg_catalog.oid[]', 'ARRAY[c.oid]'));

interface CoverageRow {
  readonly name: string;
  readonly reltuples: number;
  readonly columns: number;
  readonly seen: number | null;
  readonly row_security: boolean;
  readonly filled: boolean;
  readonly gin: readonly string[];
}

/** Finds out what the connection's role can read, without reading it. Throws DatabaseError. */
export function readAccess(connection: Connection): Promise<SourceAccess> {
  return inTransaction(connection, async () => {
    const version = await serverVersion(connection);
    await connection.run(SESSION_SETTINGS_SQL);
    const metapages = await readMetapageAccess(connection);
    const dialect = majorSql(version.major);
    const privileges = await readPrivileges(connection, dialect, true, metapages);
    const facts = await readServer(connection, version, dialect, privileges.role);
    return {
      server: facts.server,
      standby: facts.inRecovery,
      seesPreloadLibraries: facts.unreadable.length === 0,
      privileges,
      metapages,
      coverage: await readCoverage(connection, privileges),
    };
  });
}

async function readCoverage(connection: Connection, { reader, pg_statistic }: Privileges): Promise<Coverage> {
  const seesAll = pg_statistic || reader === 'direct' || reader === 'helpers';
  const sql = reader === 'owner' ? OWNER_COVERAGE_SQL : COVERAGE_SQL;
  const rows = await connection.query<CoverageRow>(sql, [seesAll]);
  const analyzed = rows.filter(({ reltuples }) => reltuples > 0);
  const named = (of: readonly CoverageRow[]) => of.map(({ name }) => name);
  const sum = (of: (row: CoverageRow) => number) => analyzed.reduce((total, row) => total + of(row), 0);
  return {
    columns: sum(({ columns }) => columns),
    seen: sum(({ columns, seen }) => Math.min(columns, seen ?? columns)),
    tables: analyzed.filter(({ columns }) => columns > 0).length,
    seenTables: analyzed.filter(({ columns, seen }) => columns > 0 && (seen ?? columns) >= columns).length,
    unseen: named(analyzed.filter(({ columns, seen }) => columns > 0 && seen === 0)),
    neverAnalyzed: named(rows.filter(({ reltuples, filled }) => reltuples < 0 && filled)),
    rowSecurity: named(rows.filter(({ row_security }) => row_security)),
    ginIndexes: rows.flatMap(({ gin }) => gin),
  };
}
