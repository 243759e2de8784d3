import { FIRST_USER_OID } from '../../model/sql/oid-values.ts';
/** One kind of object that plans depend on. */
export interface StatePart {
  /** Names the objects in the plural, for messages and as the key of the part. */
  readonly part: string;
  readonly from: string;
  readonly where?: string;
  /**
   * Expressions whose change counts. Every update changes a row's xmin, except in-place updates by VACUUM and ANALYZE.
   */
  readonly row: string;
  /** SQL for an object's name; without it, messages name only the part. */
  readonly name?: string;
  readonly xmin?: string;
  /** Used only if the role can read this catalog. */
  readonly needs?: string;
  /** Used only if the role cannot read this catalog. */
  readonly instead?: string;
}

/**
 * Leaves out TOAST tables and temporary objects: those of other sessions come and go, and our plans cannot use them.
 */
const lasting = (oid: string): string =>
  `${oid} NOT IN (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname ~ '^pg_(toast_)?temp_' OR n.nspname = 'pg_toast')`;

/** Keeps rows that belong to a user relation that is not temporary. */
const ofRelations = (oid: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = ${oid} AND ${lasting('c.relnamespace')}) AND ${oid} >= ${FIRST_USER_OID}`;

const relationName = (oid: string): string =>
  `(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ${oid})`;

/**
 * Statistics of system catalogs count only if a snapshot restored them: otherwise the server's own autovacuum writes
 * them.
 */
const RESTORED_STATISTICS = (oid: string): string =>
  `(${oid} >= ${FIRST_USER_OID} OR EXISTS (SELECT FROM regress_planner.relation r WHERE r.relid < ${FIRST_USER_OID}))`;

/** A side table of the extension, whose key is an OID of this database. */
const sideTable = (table: string, key: string, part: string): StatePart => ({
  part,
  from: `regress_planner.${table} s`,
  row: `s.${key}, s.xmin`,
});

/** A catalog whose rows have an OID; `namespace` is its column for the schema, if it has one. */
const catalog = (table: string, part: string, namespace?: string): StatePart => ({
  part,
  from: `pg_catalog.${table} x`,
  row: 'x.oid, x.xmin',
  xmin: 'x.xmin',
  ...(namespace !== undefined && { where: lasting(`x.${namespace}`) }),
});

const named = (part: StatePart, name: string): StatePart => ({ ...part, name });

const inSchema = (schema: string, name: string): string =>
  `pg_catalog.format('%I.%I', (SELECT n.nspname FROM pg_catalog.pg_namespace n WHERE n.oid = x.${schema}), x.${name})`;

/**
 * Everything that plans depend on. Figures of pg_class and the size of a file count only for relations that have no
 * figures of production in the side tables.
 */
export const STATE_PARTS: readonly StatePart[] = [
  {
    part: 'the restored snapshot',
    from: 'regress_planner.restored s',
    row: 's.snapshot_digest, s.xmin',
  },
  sideTable('relation', 'relid', 'restored figures of tables'),
  sideTable('index', 'indexrelid', 'restored figures of indexes'),
  sideTable('statistics_object', 'stxoid', 'restored order of statistics objects'),
  sideTable('object', 'oid', 'restored OIDs'),
  {
    part: 'statistics',
    from: 'pg_catalog.pg_statistic x',
    where: RESTORED_STATISTICS('x.starelid'),
    row: 'x.starelid, x.staattnum, x.stainherit, x.xmin',
    name: relationName('x.starelid'),
    xmin: 'x.xmin',
    needs: 'pg_statistic',
  },
  {
    part: 'statistics of columns',
    from: 'pg_catalog.pg_stats x',
    where: "x.schemaname NOT IN ('pg_catalog', 'information_schema')",
    row: 'x::pg_catalog.text',
    instead: 'pg_statistic',
  },
  {
    part: 'extended statistics',
    from: 'pg_catalog.pg_statistic_ext_data x',
    row: 'x.stxoid, x.xmin',
    name: `(SELECT pg_catalog.format('%I.%I', n.nspname, e.stxname) FROM pg_catalog.pg_statistic_ext e JOIN pg_catalog.pg_namespace n ON n.oid = e.stxnamespace WHERE e.oid = x.stxoid)`,
    xmin: 'x.xmin',
    needs: 'pg_statistic_ext_data',
  },
  {
    part: 'extended statistics, as pg_stats_ext shows them',
    from: 'pg_catalog.pg_stats_ext x',
    row: 'x::pg_catalog.text',
    instead: 'pg_statistic_ext_data',
  },
  {
    part: 'relations',
    from: 'pg_catalog.pg_class x',
    where: `x.oid >= ${FIRST_USER_OID} AND x.relkind IN ('r', 'p', 'm', 'f', 'v', 'i', 'I') AND ${lasting('x.relnamespace')}`,
    row: `x.oid, x.relname, x.relnamespace, x.relowner, x.relam, x.reltablespace, x.relpersistence, x.relkind,
    x.relrowsecurity, x.relforcerowsecurity, x.relispopulated, x.relispartition, x.reloptions, x.relacl::pg_catalog.text`,
    name: inSchema('relnamespace', 'relname'),
    xmin: 'x.xmin',
  },
  {
    part: 'sizes of relations',
    from: 'pg_catalog.pg_class x',
    where: `x.oid >= ${FIRST_USER_OID} AND x.relkind IN ('r', 'm', 'f', 'i') AND ${lasting('x.relnamespace')}
  AND NOT EXISTS (SELECT FROM regress_planner.relation r WHERE r.relid = x.oid)
  AND NOT EXISTS (SELECT FROM regress_planner.index i WHERE i.indexrelid = x.oid)
  AND x.relnamespace <> 'regress_planner'::pg_catalog.regnamespace`,
    row: `x.oid, x.relpages, x.reltuples, x.relallvisible, COALESCE(pg_catalog.pg_relation_size(x.oid::pg_catalog.regclass), 0)`,
  },
  {
    part: 'columns',
    from: 'pg_catalog.pg_attribute x',
    where: ofRelations('x.attrelid'),
    row: 'x.attrelid, x.attnum, x.xmin',
    name: relationName('x.attrelid'),
    xmin: 'x.xmin',
  },
  {
    part: 'indexes',
    from: 'pg_catalog.pg_index x',
    where: ofRelations('x.indexrelid'),
    row: 'x.indexrelid, x.xmin',
    name: relationName('x.indexrelid'),
    xmin: 'x.xmin',
  },
  named(catalog('pg_constraint', 'constraints', 'connamespace'), inSchema('connamespace', 'conname')),
  {
    part: 'defaults',
    from: 'pg_catalog.pg_attrdef x',
    where: ofRelations('x.adrelid'),
    row: 'x.oid, x.xmin',
    name: relationName('x.adrelid'),
    xmin: 'x.xmin',
  },
  {
    part: 'inheritance',
    from: 'pg_catalog.pg_inherits x',
    where: ofRelations('x.inhrelid'),
    row: 'x.inhrelid, x.inhparent, x.xmin',
    name: relationName('x.inhrelid'),
    xmin: 'x.xmin',
  },
  {
    part: 'rules and views',
    from: 'pg_catalog.pg_rewrite x',
    where: ofRelations('x.ev_class'),
    row: 'x.oid, x.xmin',
    name: relationName('x.ev_class'),
    xmin: 'x.xmin',
  },
  {
    part: 'policies',
    from: 'pg_catalog.pg_policy x',
    row: 'x.oid, x.xmin',
    name: relationName('x.polrelid'),
    xmin: 'x.xmin',
  },
  named(catalog('pg_statistic_ext', 'statistics objects', 'stxnamespace'), inSchema('stxnamespace', 'stxname')),
  named(catalog('pg_proc', 'functions', 'pronamespace'), inSchema('pronamespace', 'proname')),
  {
    part: 'aggregates',
    from: 'pg_catalog.pg_aggregate x',
    row: 'x.aggfnoid::pg_catalog.oid, x.xmin',
  },
  named(catalog('pg_type', 'types', 'typnamespace'), inSchema('typnamespace', 'typname')),
  catalog('pg_enum', 'enum labels'),
  {
    part: 'ranges',
    from: 'pg_catalog.pg_range x',
    row: 'x.rngtypid, x.xmin',
  },
  named(catalog('pg_operator', 'operators', 'oprnamespace'), inSchema('oprnamespace', 'oprname')),
  named(catalog('pg_opclass', 'operator classes', 'opcnamespace'), inSchema('opcnamespace', 'opcname')),
  catalog('pg_amop', 'operators in operator families'),
  catalog('pg_amproc', 'functions in operator families'),
  catalog('pg_cast', 'casts'),
  named(catalog('pg_collation', 'collations', 'collnamespace'), inSchema('collnamespace', 'collname')),
  {
    part: 'partition keys',
    from: 'pg_catalog.pg_partitioned_table x',
    row: 'x.partrelid, x.xmin',
    name: relationName('x.partrelid'),
    xmin: 'x.xmin',
  },
  {
    part: 'foreign tables',
    from: 'pg_catalog.pg_foreign_table x',
    row: 'x.ftrelid, x.xmin',
    name: relationName('x.ftrelid'),
    xmin: 'x.xmin',
  },
  named(catalog('pg_foreign_server', 'foreign servers'), 'pg_catalog.quote_ident(x.srvname)'),
  named(catalog('pg_extension', 'extensions'), 'pg_catalog.quote_ident(x.extname)'),
  {
    part: 'page costs of tablespaces',
    from: 'pg_catalog.pg_tablespace x',
    row: 'x.oid, x.spcoptions',
  },
];
