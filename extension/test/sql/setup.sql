-- Two schemas with the same tables: production has rows, clone is empty.
-- restore() tells the planner of clone what production is, and a query must then
-- be planned alike in both.

SET client_min_messages = warning;
CREATE EXTENSION pageinspect;
CREATE EXTENSION regress_planner;
RESET client_min_messages;

DO $$
BEGIN
	EXECUTE format('ALTER DATABASE %I SET session_preload_libraries = ''regress_planner''', current_database());
	EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
END
$$;

CREATE SCHEMA production;
CREATE SCHEMA clone;

-- Runs one statement in both schemas.
CREATE PROCEDURE in_both(statement text) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('search_path', 'production, public', true);
	EXECUTE statement;
	PERFORM set_config('search_path', 'clone, public', true);
	EXECUTE statement;
	PERFORM set_config('search_path', '"$user", public', true);
END
$$;

-- Copies pg_statistic rows from one relation to another.
CREATE FUNCTION restore_statistics(source regclass, target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	columns text := (SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = 'pg_statistic'::regclass AND attnum > 1);
BEGIN
	DELETE FROM pg_statistic WHERE starelid = target;
	EXECUTE format('INSERT INTO pg_statistic SELECT %s, %s FROM pg_statistic WHERE starelid = %s',
		target::oid, columns, source::oid);
END
$$;

-- The value at one end of a B-tree's first column.
CREATE FUNCTION range_end(index regclass, maximum bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	key text := pg_get_indexdef(index, 1, true);
	end_value text;
BEGIN
	EXECUTE format('SELECT k FROM (SELECT %s AS k FROM ONLY %s) AS keys WHERE k IS NOT NULL ORDER BY k %s LIMIT 1',
		key, (SELECT indrelid::regclass FROM pg_index WHERE indexrelid = index),
		CASE WHEN maximum THEN 'DESC' ELSE 'ASC' END) INTO end_value;
	RETURN end_value;
END
$$;

-- A shadow with the metapage of a GIN index.
CREATE FUNCTION make_shadow(index regclass) RETURNS regclass LANGUAGE plpgsql SET client_min_messages = warning AS $$
DECLARE
	name text := 'shadow_' || index::oid;
BEGIN
	EXECUTE format('DROP INDEX IF EXISTS regress_planner.%I', name);
	EXECUTE format('CREATE INDEX %I ON regress_planner.gin_shadow USING gin (keys)', name);
	PERFORM regress_planner.set_gin_metapage(format('regress_planner.%I', name)::regclass,
			n_pending_pages, n_total_pages, n_entry_pages, n_data_pages, n_entries)
		FROM gin_metapage_info(get_raw_page(index::text, 0));
	RETURN format('regress_planner.%I', name)::regclass;
END
$$;

CREATE FUNCTION restore_index(source regclass, target regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	am text := (SELECT amname FROM pg_class AS c JOIN pg_am AS a ON a.oid = c.relam WHERE c.oid = source);
BEGIN
	DELETE FROM regress_planner.index WHERE indexrelid = target;
	INSERT INTO regress_planner.index
		SELECT target, pg_relation_size(oid) / current_setting('block_size')::int, relpages, reltuples, source::oid::int,
			CASE WHEN am = 'btree' THEN (SELECT fastlevel FROM bt_metap(source::text)) END,
			CASE WHEN am = 'brin' THEN (SELECT lastrevmappage - 1 FROM brin_metapage_info(get_raw_page(source::text, 0))) END,
			CASE WHEN am = 'gin' THEN make_shadow(source) END,
			CASE WHEN am = 'btree' THEN range_end(source, false) END,
			CASE WHEN am = 'btree' THEN range_end(source, true) END
		FROM pg_class WHERE oid = source;
	PERFORM restore_statistics(source, target);
END
$$;

-- Restores a table or materialized view and those of its indexes that clone has.
CREATE FUNCTION restore(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	source regclass := format('production.%I', name);
	target regclass := format('clone.%I', name);
BEGIN
	DELETE FROM regress_planner.relation WHERE relid = target;
	INSERT INTO regress_planner.relation
		SELECT target, pg_relation_size(oid) / current_setting('block_size')::int, relpages, reltuples, relallvisible,
			relhassubclass
		FROM pg_class WHERE oid = source AND relkind <> 'p';
	PERFORM restore_statistics(source, target);
	PERFORM restore_index(s.oid, t.oid)
		FROM pg_index AS i
		JOIN pg_class AS s ON s.oid = i.indexrelid
		JOIN pg_class AS t ON t.relname = s.relname AND t.relnamespace = 'clone'::regnamespace
		WHERE i.indrelid = source AND s.relkind = 'i' ORDER BY s.oid;
END
$$;

CREATE FUNCTION plan_in(schema text, query text, options text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	lines text[];
BEGIN
	PERFORM set_config('search_path', schema || ', public', true);
	FOR line IN EXECUTE format('EXPLAIN %s %s', options, query) LOOP
		lines := lines || line;
	END LOOP;
	PERFORM set_config('search_path', '"$user", public', true);
	RETURN array_to_string(lines, E'\n');
END
$$;

-- Is the query planned alike in both schemas, every cost, row count and width?
-- And is it so with one of the parameters off?
CREATE FUNCTION compare(parameter text, query text) RETURNS TABLE (identical bool, identical_when_off bool)
LANGUAGE plpgsql AS $$
BEGIN
	identical := plan_in('production', query) = plan_in('clone', query);
	PERFORM set_config(parameter, 'off', true);
	identical_when_off := plan_in('production', query) = plan_in('clone', query);
	PERFORM set_config(parameter, 'on', true);
	RETURN NEXT;
END
$$;

-- One number of a plan's top node.
CREATE FUNCTION number_of(key text, query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> key;
END
$$;
