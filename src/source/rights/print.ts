import { OBJECT_NAMES_SQL } from '../../catalog/index.ts';
import {
  COLLATIONS_SQL,
  type Dialect,
  dialectOf,
  EXTENSIONS_SQL,
  NEWEST_MAJOR,
  OLDEST_MAJOR,
  PRELOAD_SQL,
  ROLE_SETTINGS_SQL,
  ROLES_SQL,
  SYSTEM_IDENTIFIER_SQL,
  serverSql,
  settingsSql,
  TABLESPACES_SQL,
} from '../../environment/index.ts';
import { SERVER_VERSION_SQL } from '../../postgres/index.ts';
import { type Branch, explainSql, readSql } from '../indexes/branches.ts';
import { ESTIMATE_SETTINGS, KEY_VALUES_SQL } from '../indexes/given-up.ts';
import { allBranch, beyondBranch, endBranch, notNullBranch, orderedBranch } from '../indexes/index-queries.ts';
import { INDEXES_SQL, type IndexKey, type IndexRow } from '../indexes/indexes.ts';
import { brinRevmapSql, btreeHeightSql, ginMetapageSql, METAPAGE_ACCESS_SQL } from '../indexes/metapages.ts';
import { HELPED_ENDS_SQL, RANGE_SETTINGS } from '../indexes/range-ends.ts';
import { HEIGHT_SETTINGS } from '../indexes/tree-height.ts';
import { EXTENDED_SQL, extendedDataSql, extendedMcvSql } from '../read/extended.ts';
import { LOCKED_SQL } from '../read/locked.ts';
import { NOW_SQL } from '../read/plans.ts';
import { CATALOG_LIST_SQL, COLUMNS_SQL, RELATION_LIST_SQL, relationsSql } from '../read/relations.ts';
import {
  CATALOGS,
  expressionStatisticsSql,
  HELPER_FUNCTIONS,
  statisticsSql,
  UNSENDABLE_TYPES_SQL,
} from '../read/statistics.ts';
import { STANDBY_SQL } from '../source-facts.ts';
import {
  ALONE_LIMIT,
  BEGIN_SQL,
  END_SQL,
  OWN_SEARCH_PATH_SQL,
  PROBE_SETTINGS_SQL,
  SESSION_SETTINGS_SQL,
  settingsBack,
} from '../transaction.ts';
import { OWNER_SEEN_COLUMNS_SQL, SEEN_COLUMNS_SQL } from './coverage.ts';
import {
  CATALOG_PRIVILEGES_SQL,
  OWNER_PRIVILEGES_SQL,
  STATISTICS_PRIVILEGE_SQL,
  TABLE_PRIVILEGES_SQL,
} from './privileges.ts';
import { OWNER_FUNCTIONS, statisticsOfViews, VIEWS } from './visible-statistics.ts';

/** A statement with what it is for; its text may differ between majors. */
type Statement = readonly [purpose: string, sql: (dialect: Dialect) => string | null];

const KEY: IndexKey = {
  expression: 'key',
  attnum: 1,
  descending: false,
  nulls_first: false,
  collation: null,
  column_collation: true,
  type: 'type',
  attlen: -1,
  by_number: false,
  opcdefault: true,
  default_order: true,
  less: 'OPERATOR(pg_catalog.<)',
  greater: 'OPERATOR(pg_catalog.>)',
};
/** An index that stands for all in statements made for each. */
const INDEX: Pick<IndexRow, 'table' | 'predicate' | 'keys'> = {
  table: 'schema.table',
  predicate: null,
  keys: [KEY],
};
const ANY_INDEX = INDEX as IndexRow;
const WITH_PAGEINSPECT = { pageinspect: 'schema_of_pageinspect', superuser: true, helpers: [], owner: null };
const WITH_HELPERS = {
  pageinspect: null,
  superuser: false,
  helpers: ['btree_height', 'gin_metapage', 'brin_revmap_pages'] as const,
  owner: null,
};

function inAttempt(settings: readonly string[], sql: (branches: readonly Branch[]) => string, branch: Branch): string {
  return [...settings, sql([branch]), ...settingsBack(settings)].join(';\n');
}

const STATEMENTS: readonly Statement[] = [
  ['Opens a transaction', () => BEGIN_SQL],
  ['Whether it is a standby', () => STANDBY_SQL],
  ['Every transaction is rolled back; each of the steps that follow is another one', () => `${END_SQL};\n${BEGIN_SQL}`],
  ['Server version', () => SERVER_VERSION_SQL],
  ['Planner settings, before any is changed', (dialect) => settingsSql(dialect)],
  ['Settings of the transaction alone', () => SESSION_SETTINGS_SQL],
  ['Server and database', (dialect) => serverSql(dialect)],
  ['System identifier, where the role may see it', () => SYSTEM_IDENTIFIER_SQL],
  ['Libraries that may change plans', () => PRELOAD_SQL],
  ['Collation versions', () => COLLATIONS_SQL],
  ['Tablespace options', () => TABLESPACES_SQL],
  ['Extensions', () => EXTENSIONS_SQL],
  ['Whether statistics may be read', () => STATISTICS_PRIVILEGE_SQL],
  ['Which tables the owner of helper functions may not read, where that is no superuser', () => OWNER_PRIVILEGES_SQL],
  ['Which tables may not be read (not with --no-values)', () => TABLE_PRIVILEGES_SQL],
  ['Which system catalogs may not be read (with --system-catalogs)', () => CATALOG_PRIVILEGES_SQL],
  ['Planner settings of roles and of the database', () => ROLE_SETTINGS_SQL],
  ['Roles that privileges depend on', () => ROLES_SQL],
  ['How metapages of indexes can be read', () => METAPAGE_ACCESS_SQL],
  ['Types without a send function', () => UNSENDABLE_TYPES_SQL],
  ['So are these', () => `${END_SQL};\n${BEGIN_SQL}; ${SESSION_SETTINGS_SQL}`],
  ['All relations; once more at the end, to read again what is no longer as it was', () => RELATION_LIST_SQL],
  ['Where a table is locked: which are, so that they are read last', () => LOCKED_SQL],
  ['A page of relations, in a transaction of its own', (dialect) => relationsSql(dialect)],
  ['Their columns', () => COLUMNS_SQL],
  ['Their indexes', () => INDEXES_SQL],
  ['Column statistics ($2: with values)', () => statisticsSql(CATALOGS)],
  ['The same by the helper function, for a role that may not read pg_statistic', () => statisticsSql(HELPER_FUNCTIONS)],
  [
    'The same from what pg_stats shows, for a role without either',
    (dialect) => statisticsSql(statisticsOfViews(VIEWS, dialect)),
  ],
  [
    "The same by the helper function of the tables' owner",
    (dialect) => statisticsSql(statisticsOfViews(OWNER_FUNCTIONS, dialect)),
  ],
  ['Statistics objects', () => EXTENDED_SQL],
  ['Their data', (dialect) => extendedDataSql(dialect, CATALOGS)],
  ['The same by the helper function', (dialect) => extendedDataSql(dialect, HELPER_FUNCTIONS)],
  ['The same from pg_stats_ext', (dialect) => extendedDataSql(dialect, statisticsOfViews(VIEWS, dialect))],
  ['Their most common values (not with --no-values)', (dialect) => extendedMcvSql(dialect, CATALOGS)],
  ['The same by the helper function', (dialect) => extendedMcvSql(dialect, HELPER_FUNCTIONS)],
  ['The same from pg_stats_ext', (dialect) => extendedMcvSql(dialect, statisticsOfViews(VIEWS, dialect))],
  ['Their expressions', (dialect) => expressionStatisticsSql(dialect.stxdinherit, CATALOGS)],
  ['The same by the helper function', (dialect) => expressionStatisticsSql(dialect.stxdinherit, HELPER_FUNCTIONS)],
  [
    'The same from pg_stats_ext_exprs',
    (dialect) => expressionStatisticsSql(dialect.stxdinherit, statisticsOfViews(VIEWS, dialect)),
  ],
  [
    'What follows locks tables: in a transaction of its own for each page, with narrower limits, and after half a second or an error in the next one',
    () => `${END_SQL};\n${BEGIN_SQL}; ${PROBE_SETTINGS_SQL}`,
  ],
  ['B-tree heights by pageinspect, for a superuser', () => btreeHeightSql(WITH_PAGEINSPECT)],
  ['B-tree heights by the helper function', () => btreeHeightSql(WITH_HELPERS)],
  [
    'B-tree heights from costs otherwise; planned, not run; up to 20 indexes at once',
    () => inAttempt(HEIGHT_SETTINGS, explainSql, orderedBranch(ANY_INDEX)),
  ],
  ['The same for indexes that gives no plan for', () => explainSql([notNullBranch(ANY_INDEX)])],
  ['GIN metapages by pageinspect, for a superuser', () => ginMetapageSql(WITH_PAGEINSPECT)],
  ['GIN metapages by the helper function', () => ginMetapageSql(WITH_HELPERS)],
  ['BRIN metapages by pageinspect, for a superuser', () => brinRevmapSql(WITH_PAGEINSPECT)],
  ['BRIN metapages by the helper function', () => brinRevmapSql(WITH_HELPERS)],
  [
    'Range ends of full B-trees are first planned (not with --no-values; up to 20 ends at once)',
    () => inAttempt(RANGE_SETTINGS, explainSql, endBranch(ANY_INDEX, KEY, 'min')),
  ],
  [
    'and read only where that is an ordered index scan',
    () => inAttempt(RANGE_SETTINGS, readSql, endBranch(ANY_INDEX, KEY, 'max')),
  ],
  ['Before any of these where it is asked alone, because all together were refused', () => ALONE_LIMIT],
  ['Ends by the helper function, of tables the role cannot select from', () => HELPED_ENDS_SQL],
  ['Known values near the ends', () => KEY_VALUES_SQL],
  [
    'Whether the planner finds the end; planned, not run',
    () => inAttempt(ESTIMATE_SETTINGS, explainSql, beyondBranch(ANY_INDEX, KEY, 'min', 'value')),
  ],
  ['or has given up; the same', () => explainSql([allBranch(ANY_INDEX)])],
  [
    'Before any of these again where a function of an index did not find a name without its schema',
    () => OWN_SEARCH_PATH_SQL,
  ],
  ['With --system-catalogs: all catalogs, of which then the same is read', () => CATALOG_LIST_SQL],
  ['Names of the objects whose OIDs are among their common values', () => OBJECT_NAMES_SQL],
  ['Ends that transaction', () => END_SQL],
];

/** The plan of a query, in the transaction that was begun for it. */
const PLANS: readonly Statement[] = [
  ['The plan of a query: a case with its values bound', () => 'EXPLAIN (FORMAT JSON, VERBOSE) …'],
  ['The generic plan of a query', ({ genericPlan }) => genericPlan],
];

const LAST: readonly Statement[] = [
  ['At last, in another transaction', () => `${BEGIN_SQL}; ${SESSION_SETTINGS_SQL}`],
  ['How much the role sees', () => SEEN_COLUMNS_SQL],
  ["The same by the helper function of the tables' owner", () => OWNER_SEEN_COLUMNS_SQL],
  ['The time', () => NOW_SQL],
  ['Ends the last transaction', () => END_SQL],
];

/**
 * Every statement takeSnapshot sends, in their order, each under a comment that says what for; `planning` are those that
 * begin the transaction of a plan.
 */
export function snapshotSql(planning: readonly (readonly [purpose: string, sql: string])[] = []): string {
  const begun = planning.map(([purpose, sql]): Statement => [`With --plans, for each query: ${purpose}`, () => sql]);
  const ended: readonly Statement[] = planning.length === 0 ? [] : [['Ends the transaction', () => END_SQL]];
  const all = [...STATEMENTS, ...begun, ...PLANS, ...ended, ...LAST];
  return `${all.map(([purpose, sql]) => variantsOf(purpose, sql)).join('\n\n')}\n`;
}

/** The newest major's text, and before it the texts of older majors that differ from that of the next. */
function variantsOf(purpose: string, sql: (dialect: Dialect) => string | null): string {
  const majors = Array.from({ length: NEWEST_MAJOR - OLDEST_MAJOR + 1 }, (_, i) => OLDEST_MAJOR + i);
  const texts = majors.map((major) => sql(dialectOf(major)) ?? '');
  const last = majors.filter((_, i) => texts[i] !== texts[i + 1]);
  return last
    .map((major, i) => {
      const from = i === 0 ? OLDEST_MAJOR : (last[i - 1] ?? 0) + 1;
      const range = last.length === 1 ? '' : ` (PostgreSQL ${from === major ? major : `${from} to ${major}`})`;
      return `-- ${purpose}${range}\n${texts[major - OLDEST_MAJOR]};`;
    })
    .join('\n\n');
}
