import { PLANNER_SETTINGS } from './settable-settings.ts';

/** The oldest and the newest major with known statements; a newer server gets those of the newest. */
export const OLDEST_MAJOR = 14;
export const NEWEST_MAJOR = 19;

/** SQL that differs between majors in the statements of a snapshot, over the aliases that its statement uses. */
export interface MajorSql {
  /** Condition on pg_settings `s`: the setting changes plans and EXPLAIN (SETTINGS) shows it. */
  readonly isPlannerSetting: string;
  /** Over pg_database `d`. */
  readonly localeProvider: string;
  readonly locale: string;
  /** Rules that tailor ICU's order. */
  readonly icuRules: string;
  readonly collationVersion: string;
  /** Over pg_class `c`. */
  readonly relallfrozen: string;
  /** Statements for a generic plan, with `…` for the query. */
  readonly genericPlan: string;
  /** Over pg_statistic_ext_data `d` and the table's pg_class `c`. */
  readonly stxdinherit: string;
  /** True if pg_stats shows histograms of ranges. */
  readonly statsShowRanges: boolean;
  /** Over a row `v` of pg_stats_ext or pg_stats_ext_exprs: true if it is about a whole inheritance tree. */
  readonly statsExtInherited: string;
}

/** The dialect of a server major. */
export function majorSql(major: number): MajorSql {
  return {
    isPlannerSetting:
      major >= 15
        ? `'EXPLAIN' = ANY (pg_catalog.pg_settings_get_flags(s.name))`
        : // 14 has no pg_settings_get_flags(), and none of the settings that later majors added.
          `s.name = ANY ('{${PLANNER_SETTINGS.join(',')}}'::pg_catalog.text[])`,
    localeProvider: major >= 15 ? 'd.datlocprovider' : `'c'`,
    locale: major >= 17 ? 'd.datlocale' : major >= 15 ? 'd.daticulocale' : 'NULL::pg_catalog.text',
    icuRules: major >= 16 ? 'd.daticurules' : 'NULL::pg_catalog.text',
    // 14 has versions of collations only; initdb creates a collation for each locale of the C library.
    collationVersion:
      major >= 15
        ? 'pg_catalog.pg_database_collation_actual_version(d.oid)'
        : `(SELECT pg_catalog.max(pg_catalog.pg_collation_actual_version(o.oid)) FROM pg_catalog.pg_collation o
        WHERE o.collprovider = 'c' AND o.collcollate = d.datcollate)`,
    relallfrozen: major >= 18 ? 'c.relallfrozen' : 'NULL::pg_catalog.int4',
    genericPlan:
      major >= 16
        ? 'EXPLAIN (FORMAT JSON, VERBOSE, GENERIC_PLAN) …'
        : `PREPARE regress_query AS …;\nSET LOCAL plan_cache_mode = force_generic_plan;\nEXPLAIN (FORMAT JSON, VERBOSE) EXECUTE regress_query (…);\nDEALLOCATE regress_query`,
    // 14 keeps one row. ANALYZE makes it from the whole tree for a partitioned table, otherwise from the table alone.
    stxdinherit: major >= 15 ? 'd.stxdinherit' : `c.relkind = 'p'`,
    statsShowRanges: major >= 17,
    statsExtInherited: major >= 15 ? 'v.inherited' : 'false',
  };
}
