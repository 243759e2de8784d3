-- regress_planner 0.1
--
-- Run by CREATE EXTENSION, and also as a plain script after CREATE SCHEMA
-- regress_planner with the library's path in place of MODULE_PATHNAME and
-- CURRENT_USER in place of @extowner@.
--
-- The side tables are keyed by the OIDs of this database and replaced as a
-- whole by each restore.  PUBLIC has no right on anything here: the tables hold
-- column values.

REVOKE ALL ON SCHEMA regress_planner FROM PUBLIC;

-- Tables and materialized views: production's file size now, and the pg_class
-- numbers of its last VACUUM or ANALYZE.  tablespace is one of this server whose
-- page costs are those of production's; NULL leaves the table's own.
CREATE TABLE regress_planner.relation (
	relid oid PRIMARY KEY,
	pages int8 NOT NULL,
	relpages int8 NOT NULL,
	reltuples float8 NOT NULL,
	relallvisible int8 NOT NULL,
	relhassubclass bool NOT NULL,
	tablespace oid
);

-- Indexes.  ordinal is the rank of production's OID.  range_min and range_max
-- are the values at the ends of a B-tree's first column; NULL means that
-- production's planner finds none at that end.  tablespace is as above.
CREATE TABLE regress_planner.index (
	indexrelid oid PRIMARY KEY,
	pages int8 NOT NULL,
	relpages int8 NOT NULL,
	reltuples float8 NOT NULL,
	ordinal int4 NOT NULL,
	tree_height int4,
	brin_revmap_pages int8,
	gin_shadow oid,
	range_min text,
	range_max text,
	tablespace oid
);

-- Extended statistics objects: the rank of production's OID.
CREATE TABLE regress_planner.statistics_object (
	stxoid oid PRIMARY KEY,
	ordinal int4 NOT NULL
);

-- Objects by whose OIDs the statistics of system catalogs speak of them: this
-- database's and production's.
CREATE TABLE regress_planner.object (
	oid oid PRIMARY KEY,
	production_oid oid NOT NULL
);

-- Always empty.  Each GIN index on it carries the metapage of one or more of
-- production's GIN indexes; VACUUM would count that metapage anew.
CREATE TABLE regress_planner.gin_shadow (
	keys int4[]
) WITH (autovacuum_enabled = off, vacuum_index_cleanup = off);

-- What has been restored here: at most one row.
CREATE TABLE regress_planner.restored (
	snapshot_digest text NOT NULL,
	captured_at timestamptz NOT NULL,
	server_version text NOT NULL,
	system_identifier text,
	source_database text,
	settings text[] NOT NULL
);
CREATE UNIQUE INDEX restored_one_row ON regress_planner.restored ((true));

REVOKE ALL ON regress_planner.relation, regress_planner.index,
	regress_planner.statistics_object, regress_planner.object,
	regress_planner.gin_shadow, regress_planner.restored FROM PUBLIC;

-- Writes the figures of production's metapage into a GIN index on
-- regress_planner.gin_shadow.
CREATE FUNCTION regress_planner.set_gin_metapage(
	shadow regclass,
	n_pending_pages int8,
	n_total_pages int8,
	n_entry_pages int8,
	n_data_pages int8,
	n_entries int8
) RETURNS void
AS 'MODULE_PATHNAME', 'regress_planner_set_gin_metapage'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;

-- Make and drop shadows, for those who do not own the table of shadows.
CREATE FUNCTION regress_planner.make_gin_shadow(name text) RETURNS void
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
BEGIN
	EXECUTE format('CREATE INDEX %I ON regress_planner.gin_shadow USING gin (keys)', name);
END
$$;

CREATE FUNCTION regress_planner.drop_gin_shadow(name text) RETURNS void
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_index
			WHERE indrelid = 'regress_planner.gin_shadow'::regclass
				AND indexrelid = to_regclass(format('regress_planner.%I', name))) THEN
		RAISE EXCEPTION 'there is no shadow "%"', name USING ERRCODE = 'undefined_object';
	END IF;
	EXECUTE format('DROP INDEX regress_planner.%I', name);
END
$$;

-- Builds the MCV list of a statistics object from text.  vals and nulls hold
-- all dimensions of the first item, then those of the second, and so on;
-- dimensions are columns by attribute number, then expressions.
CREATE FUNCTION regress_planner.build_mcv_list(
	stxoid oid,
	vals text[],
	nulls bool[],
	frequencies float8[],
	base_frequencies float8[]
) RETURNS pg_mcv_list
AS 'MODULE_PATHNAME', 'regress_planner_build_mcv_list'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA regress_planner FROM PUBLIC;

-- Who creates the extension without being a superuser restores into it.
GRANT USAGE ON SCHEMA regress_planner TO @extowner@;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA regress_planner TO @extowner@;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA regress_planner TO @extowner@;
