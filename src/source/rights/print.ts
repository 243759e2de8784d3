import { OBJECT_NAMES_SQL } from '../../catalog/index.ts';
import {
  COLLATIONS_SQL,
  EXTENSIONS_SQL,
  type MajorSql,
  majorSql,
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

/** A statement and its purpose; the text may differ between majors. */
type Statement = readonly [purpose: string, sql: (dialect: MajorSql) => string | null];

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
/** A placeholder for the index, in statements that are built for each index. */
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
  ['Whether the server is a standby', () => STANDBY_SQL],
  ['Every transaction is rolled back; each of the following steps has its own', () => `${END_SQL};\n${BEGIN_SQL}`],
  ['Server version', () => SERVER_VERSION_SQL],
  ['Planner settings, before any is changed', (dialect) => settingsSql(dialect)],
  ['Settings for this transaction only', () => SESSION_SETTINGS_SQL],
  ['Server and database', (dialect) => serverSql(dialect)],
  ['System identifier, where the role may see it', () => SYSTEM_IDENTIFIER_SQL],
  ['Libraries that may change plans', () => PRELOAD_SQL],
  ['Collation versions', () => COLLATIONS_SQL],
  ['Tablespace options', () => TABLESPACES_SQL],
  ['Extensions', () => EXTENSIONS_SQL],
  ['Whether statistics may be read', () => STATISTICS_PRIVILEGE_SQL],
  [
    'Tables that the owner of the helper functions may not read, unless a superuser owns them',
    () => OWNER_PRIVILEGES_SQL,
  ],
  ['Tables that the role may not read (not with --no-values)', () => TABLE_PRIVILEGES_SQL],
  ['System catalogs that the role may not read (with --system-catalogs)', () => CATALOG_PRIVILEGES_SQL],
  ['Planner settings of roles and of the database', () => ROLE_SETTINGS_SQL],
  ['Roles that privileges depend on', () => ROLES_SQL],
  ['How metapages of indexes can be read', () => METAPAGE_ACCESS_SQL],
  ['Types without a send function', () => UNSENDABLE_TYPES_SQL],
  [
    'The following statements have a transaction of their own, too',
    () => `${END_SQL};\n${BEGIN_SQL}; ${SESSION_SETTINGS_SQL}`,
  ],
  ['All relations; listed again at the end, to read again those that changed', () => RELATION_LIST_SQL],
  ['If a table is locked: all locked tables, which are then read last', () => LOCKED_SQL],
  ['A page of relations, in a transaction of its own', (dialect) => relationsSql(dialect)],
  ['Their columns', () => COLUMNS_SQL],
  ['Their indexes', () => INDEXES_SQL],
  ['Column statistics ($2: with values)', () => statisticsSql(CATALOGS)],
  [
    'The same through the helper function, for a role that may not read pg_statistic',
    () => statisticsSql(HELPER_FUNCTIONS),
  ],
  [
    'The same from pg_stats, for a role that can use neither',
    (dialect) => statisticsSql(statisticsOfViews(VIEWS, dialect)),
  ],
  [
    "The same through the helper function of the tables' owner",
    (dialect) => statisticsSql(statisticsOfViews(OWNER_FUNCTIONS, dialect)),
  ],
  ['Statistics objects', () => EXTENDED_SQL],
  ['Their data', (dialect) => extendedDataSql(dialect, CATALOGS)],
  ['The same through the helper function', (dialect) => extendedDataSql(dialect, HELPER_FUNCTIONS)],
  ['The same from pg_stats_ext', (dialect) => extendedDataSql(dialect, statisticsOfViews(VIEWS, dialect))],
  ['Their most common values (not with --no-values)', (dialect) => extendedMcvSql(dialect, CATALOGS)],
  ['The same through the helper function', (dialect) => extendedMcvSql(dialect, HELPER_FUNCTIONS)],
  ['The same from pg_stats_ext', (dialect) => extendedMcvSql(dialect, statisticsOfViews(VIEWS, dialect))],
  ['Their expressions', (dialect) => expressionStatisticsSql(dialect.stxdinherit, CATALOGS)],
  ['The same through the helper function', (dialect) => expressionStatisticsSql(dialect.stxdinherit, HELPER_FUNCTIONS)],
  [
    'The same from pg_stats_ext_exprs',
    (dialect) => expressionStatisticsSql(dialect.stxdinherit, statisticsOfViews(VIEWS, dialect)),
  ],
  [
    'The following statements lock tables. Each page has its own transaction, with tighter limits, and another one after half a second or an error',
    () => `${END_SQL};\n${BEGIN_SQL}; ${PROBE_SETTINGS_SQL}`,
  ],
  ['B-tree heights from pageinspect, as a superuser', () => btreeHeightSql(WITH_PAGEINSPECT)],
  ['B-tree heights through the helper function', () => btreeHeightSql(WITH_HELPERS)],
  [
    'Otherwise B-tree heights from costs; planned, not run; up to 20 indexes at once',
    () => inAttempt(HEIGHT_SETTINGS, explainSql, orderedBranch(ANY_INDEX)),
  ],
  ['The same for indexes that this plan does not use', () => explainSql([notNullBranch(ANY_INDEX)])],
  ['GIN metapages from pageinspect, as a superuser', () => ginMetapageSql(WITH_PAGEINSPECT)],
  ['GIN metapages through the helper function', () => ginMetapageSql(WITH_HELPERS)],
  ['BRIN metapages from pageinspect, as a superuser', () => brinRevmapSql(WITH_PAGEINSPECT)],
  ['BRIN metapages through the helper function', () => brinRevmapSql(WITH_HELPERS)],
  [
    'Range ends of B-trees that are not partial: first planned (not with --no-values; up to 20 ends at once)',
    () => inAttempt(RANGE_SETTINGS, explainSql, endBranch(ANY_INDEX, KEY, 'min')),
  ],
  [
    'then read, if the plan is an ordered index scan',
    () => inAttempt(RANGE_SETTINGS, readSql, endBranch(ANY_INDEX, KEY, 'max')),
  ],
  ['Sent before any of these that is run alone, because the server refused them together', () => ALONE_LIMIT],
  ['Range ends through the helper function, for tables the role cannot select from', () => HELPED_ENDS_SQL],
  ['Known values near the ends', () => KEY_VALUES_SQL],
  [
    'Whether the planner finds the end; planned, not run',
    () => inAttempt(ESTIMATE_SETTINGS, explainSql, beyondBranch(ANY_INDEX, KEY, 'min', 'value')),
  ],
  ['or has given up; planned, not run', () => explainSql([allBranch(ANY_INDEX)])],
  [
    'Sent before any of these that is run again because a function of an index did not find a name without its schema',
    () => OWN_SEARCH_PATH_SQL,
  ],
  ['With --system-catalogs: all catalogs, which are then read like other relations', () => CATALOG_LIST_SQL],
  ['Names of the objects whose OIDs are among their common values', () => OBJECT_NAMES_SQL],
  ['Ends the transaction of these statements', () => END_SQL],
];

/** Statements for the plan of a query, in its own transaction. */
const PLANS: readonly Statement[] = [
  ['The plan of a case, with its values bound', () => 'EXPLAIN (FORMAT JSON, VERBOSE) …'],
  ['The generic plan of a query', ({ genericPlan }) => genericPlan],
];

const LAST: readonly Statement[] = [
  ['Finally, in another transaction', () => `${BEGIN_SQL}; ${SESSION_SETTINGS_SQL}`],
  ['How many columns the role sees the statistics of', () => SEEN_COLUMNS_SQL],
  ["The same through the helper function of the tables' owner", () => OWNER_SEEN_COLUMNS_SQL],
  ['The time', () => NOW_SQL],
  ['Ends the last transaction', () => END_SQL],
];

/**
 * Every statement that takeSnapshot sends, in order, each under a comment with its purpose. `planning` are those that
 * begin the transaction of a plan.
 */
export function printSnapshotSql(planning: readonly (readonly [purpose: string, sql: string])[] = []): string {
  const begun = planning.map(([purpose, sql]): Statement => [`With --plans, for each query: ${purpose}`, () => sql]);
  const ended: readonly Statement[] = planning.length === 0 ? [] : [['Ends the transaction', () => END_SQL]];
  const all = [...STATEMENTS, ...begun, ...PLANS, ...ended, ...LAST];
  return `${all.map(([purpose, sql]) => variantsOf(purpose, sql)).join('\n\n')}\n`;
}

/** The newest major's text, after those of older majors whose text differs from the next major's. */
function variantsOf(purpose: string, sql: (dialect: MajorSql) => string | null): string {
  const majors = Array.from({ length: NEWEST_MAJOR - OLDEST_MAJOR + 1 }, (_, i) => OLDEST_MAJOR + i);
  const texts = majors.map((major) => sql(majorSql(major)) ?? '');
  const last = majors.filter((_, i) => texts[i] !== texts[i + 1]);
  return last
    .map((major, i) => {
      const from = i === 0 ? OLDEST_MAJOR : (last[i - 1] ?? 0) + 1;
      const range = last.length === 1 ? '' : ` (PostgreSQL ${from === major ? major : `${from} to ${major}`})`;
      return `-- ${purpose}${range}\n${texts[major - OLDEST_MAJOR]};`;
    })
    .join('\n\n');
}
