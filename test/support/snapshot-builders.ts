import type { Manifest } from '../../src/model/manifest.ts';
import type { ColumnDefinition, IndexStatistics, RelationSnapshot } from '../../src/model/snapshot.ts';
import type {
  AttributeStatistics,
  ColumnStatistics,
  ExtendedStatistics,
  StatisticsSlot,
} from '../../src/model/statistics.ts';
import type { TargetSnapshot } from '../../src/predict/index.ts';

/** A snapshot made by hand: what a test does not say is empty or never analyzed. */
export function aSnapshot(relations: readonly RelationSnapshot[], manifest: Partial<Manifest> = {}): TargetSnapshot {
  return {
    names: 'target',
    path: 'snapshots/by-hand',
    manifest: {
      formatVersion: 1,
      regress: '0.1.0',
      capturedAt: '2026-01-02T03:04:05.678901+00',
      server: {
        version: '15.1',
        server_version_num: 150001,
        platform: 'x86_64-pc-linux-gnu',
        block_size: 8192,
        system_identifier: '7000000000000000001',
        database: 'shop',
        encoding: 'UTF8',
        lc_collate: 'C',
        lc_ctype: 'C',
        locale_provider: 'c',
        locale: null,
        collation_version: null,
        collations: {},
        extensions: [],
        shared_preload_libraries: '',
      },
      settings: {},
      role_settings: [],
      tablespaces: {},
      default_tablespace: 'pg_default',
      values: true,
      unreadable: [],
      files: Object.fromEntries(relations.map(({ relname }) => [`${relname}.json`, ''])),
      digest: 'digest-of-the-first',
      ...manifest,
    },
    async *relations() {
      yield* relations;
    },
    async *catalogs() {},
    plans: async () => null,
  };
}

export function aRelation(relname: string, relation: Partial<RelationSnapshot> = {}): RelationSnapshot {
  return {
    schemaname: 'public',
    relname,
    relkind: 'r',
    relpersistence: 'p',
    pages: 120,
    relpages: 100,
    reltuples: 5000,
    relallvisible: 90,
    relallfrozen: null,
    relhassubclass: false,
    reloptions: [],
    tablespace: null,
    inherits: [],
    partition_bound: null,
    partition_key: null,
    children: [],
    dropped_columns: 0,
    columns: [],
    statistics: [],
    indexes: [],
    extended_statistics: [],
    ...relation,
  };
}

export function aColumn(attname: string, type: string): ColumnDefinition {
  return { attname, type, notnull: false, default: null, generated: '', identity: '', collation: null };
}

export function anIndex(indexname: string, index: Partial<IndexStatistics> = {}): IndexStatistics {
  return {
    schemaname: 'public',
    indexname,
    definition: '',
    constraint: null,
    am: 'btree',
    relkind: 'i',
    indisvalid: true,
    partial: false,
    pages: 30,
    relpages: 28,
    reltuples: 5000,
    ordinal: 1,
    tablespace: null,
    tree_height: 1,
    tree_height_source: 'pageinspect',
    gin: null,
    brin_revmap_pages: null,
    brin_source: null,
    range: null,
    statistics: [],
    ...index,
  };
}

export function statisticsOf(slots: readonly StatisticsSlot[]): AttributeStatistics {
  return { null_frac: 0.25, avg_width: 4, n_distinct: -0.5, slots };
}

export function columnStatistics(attname: string, slots: readonly StatisticsSlot[]): ColumnStatistics {
  return { attname, inherited: false, ...statisticsOf(slots) };
}

export function mostCommonValues(elemtype: string, stavalues: string, stanumbers: string): StatisticsSlot {
  return { stakind: 1, staop: `pg_catalog.=(${elemtype},${elemtype})`, stacoll: null, stanumbers, stavalues, elemtype };
}

export function histogram(elemtype: string, stavalues: string): StatisticsSlot {
  const staop = `pg_catalog.<(${elemtype},${elemtype})`;
  return { stakind: 2, staop, stacoll: null, stanumbers: null, stavalues, elemtype };
}

export function statisticsObject(
  statistics_name: string,
  definition: string,
  columns: readonly string[],
  data: ExtendedStatistics['data'],
): ExtendedStatistics {
  return { schemaname: 'public', statistics_name, definition, columns, ordinal: 1, data };
}

/** A table with statistics and an index; ORDERS_SQL makes it. */
export const ORDERS = aRelation('orders', {
  columns: [aColumn('id', 'integer'), aColumn('note', 'text')],
  statistics: [
    columnStatistics('id', [mostCommonValues('integer', '{7,9}', '{0.5,0.1}'), histogram('integer', '{1,50,99}')]),
    columnStatistics('note', [mostCommonValues('text', '{"a,b",nil,ö}', '{0.25,0.125,0.0625}')]),
  ],
  indexes: [
    anIndex('orders_id_idx', {
      definition: 'CREATE INDEX orders_id_idx ON public.orders USING btree (id)',
      range: { min: { value: '1' }, max: { value: null } },
    }),
  ],
});
export const ORDERS_SQL = 'CREATE TABLE orders (id int, note text); CREATE INDEX ON orders (id);';

/** Prints all that a restore writes. */
export const STATE_SQL = `
  SELECT relname, relpages, reltuples, relallvisible, relhassubclass FROM pg_class
    WHERE relnamespace = 'public'::regnamespace ORDER BY relname;
  SELECT starelid::regclass, staattnum, stainherit, stanullfrac, stawidth, stadistinct, stakind1, stakind2,
    staop1, staop2, stacoll1, stanumbers1, stanumbers2, stavalues1, stavalues2
    FROM pg_statistic WHERE starelid >= 16384 ORDER BY 1, 2, 3;
  SELECT stxoid, stxdndistinct, stxddependencies, stxdexpr FROM pg_statistic_ext_data ORDER BY 1;
  SELECT * FROM regress_planner.relation ORDER BY 1;
  SELECT indexrelid, pages, tree_height, gin_shadow IS NULL, range_min, range_max FROM regress_planner.index ORDER BY 1;
  SELECT * FROM regress_planner.restored;
  SELECT setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
    WHERE datname = current_database();`;
