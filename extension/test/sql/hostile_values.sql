-- Values in the side tables and in statistics that nobody has measured: planning
-- goes on, in the memory it was given, or fails with what has really happened.

-- A name has at most 63 bytes, and the planner looks for its end.
CALL make_drifted('tags', 'name', 'v', 'to_char(i, ''FM00000'')');
UPDATE regress_planner.index SET range_max = repeat('9', 63) WHERE indexrelid = 'clone.tags_key'::regclass;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.tags WHERE v > ''09500''') > 0 AS planned;
UPDATE regress_planner.index SET range_max = repeat('9', 64) WHERE indexrelid = 'clone.tags_key'::regclass;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.tags WHERE v > ''09500''') > 0 AS planned;
\c -
UPDATE regress_planner.index SET range_min = repeat('0', 5000), range_max = NULL WHERE indexrelid = 'clone.tags_key'::regclass;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.tags WHERE v < ''00400''') > 0 AS planned;

-- An input function raises an error.  If it is about the value, the value is not
-- used; if it is about the server or the session, the plan fails.
CREATE FUNCTION raise_if_asked(int) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('test.error', true) <> '' THEN
		RAISE EXCEPTION 'raised' USING ERRCODE = current_setting('test.error');
	END IF;
	RETURN true;
END
$$;
CREATE DOMAIN asked AS int CHECK (raise_if_asked(VALUE));
CREATE TYPE asking AS (a asked);
CALL make_drifted('askers', 'asking', 'v', 'ROW(i)::asking');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM askers WHERE v > ROW(9500)::asking');
-- The condition's own value is read before the error is asked for.
CREATE FUNCTION bound() RETURNS asking STABLE LANGUAGE plpgsql AS $$
DECLARE
	value asking := ROW(9500)::asking;
BEGIN
	PERFORM set_config('test.error', current_setting('test.later'), true);
	RETURN value;
END
$$;
CREATE FUNCTION plan_raising(error text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('test.error', '', true);
	PERFORM set_config('test.later', error, true);
	RETURN CASE WHEN number_of('Plan Rows', 'SELECT * FROM clone.askers WHERE v > bound()') > 0 THEN 'planned' END;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
SELECT error, plan_raising(error) FROM unnest(ARRAY['53200', '53100', '58030', '55P03', '40P01', '']) AS error;
SELECT error, plan_raising(error) FROM unnest(ARRAY['22P02', '23514', '54001', '55P04', 'XX000']) AS error;
-- a cancel cannot be caught by OTHERS
DO $$
BEGIN
	PERFORM plan_raising('57014');
EXCEPTION WHEN query_canceled THEN
	RAISE NOTICE 'canceled';
END
$$;
-- and the session goes on
SELECT set_config('test.error', '', false), set_config('test.later', '', false);
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM askers WHERE v > ROW(9500)::asking');

-- Widths whose sum is zero if it runs over.
CREATE TABLE clone.too_wide (a text, b text) WITH (autovacuum_enabled = off);
INSERT INTO clone.too_wide SELECT i, i FROM generate_series(1, 100) AS i;
ANALYZE clone.too_wide;
TRUNCATE clone.too_wide;
UPDATE pg_class SET reltuples = 0 WHERE oid = 'clone.too_wide'::regclass;
UPDATE pg_statistic SET stawidth = 2147483647 WHERE starelid = 'clone.too_wide'::regclass AND staattnum = 1;
UPDATE pg_statistic SET stawidth = 2147483621 WHERE starelid = 'clone.too_wide'::regclass AND staattnum = 2;
INSERT INTO regress_planner.relation VALUES ('clone.too_wide'::regclass, 100, 0, -1, 0, false);
SELECT number_of('Plan Rows', 'SELECT 1 FROM clone.too_wide') > 0 AS planned;
-- or negative
UPDATE pg_statistic SET stawidth = 1500000000 WHERE starelid = 'clone.too_wide'::regclass;
SELECT number_of('Plan Rows', 'SELECT 1 FROM clone.too_wide') > 0 AS planned,
	number_of('Total Cost', 'SELECT 1 FROM clone.too_wide') >= 100 AS costs;

-- Rows about relations of other kinds say nothing.
CREATE TABLE clone.kinds (id int, tags int[]) PARTITION BY RANGE (id);
CREATE TABLE clone.kinds_1 PARTITION OF clone.kinds FOR VALUES FROM (0) TO (10);
CREATE INDEX kinds_id ON clone.kinds (id);
CREATE INDEX kinds_tags ON clone.kinds USING gin (tags);
CREATE INDEX kinds_brin ON clone.kinds USING brin (id);
CREATE SEQUENCE clone.numbers_of_kinds;
CREATE VIEW clone.kinds_view AS SELECT * FROM clone.kinds;
CREATE TYPE clone.kinds_type AS (a int);
CREATE TEMP TABLE own_plans AS SELECT query, plan_in('clone', query) AS own FROM unnest(ARRAY['SELECT * FROM kinds WHERE id > 3 AND tags @> ARRAY[1]',
	'SELECT * FROM ONLY kinds WHERE id > 3 AND tags @> ARRAY[1]', 'SELECT * FROM numbers_of_kinds', 'SELECT * FROM kinds_view WHERE id = 2']) AS query;
INSERT INTO regress_planner.relation SELECT oid, 1000, 1000, 1e6, 10, false FROM pg_class
	WHERE relnamespace = 'clone'::regnamespace AND (relname LIKE 'kinds%' AND relname <> 'kinds_1' OR relname = 'numbers_of_kinds');
INSERT INTO regress_planner.index SELECT oid, 1000, 1000, 1e6, 1, 3, 7, 'clone.kinds_tags'::regclass, 'x', 'x' FROM pg_class
	WHERE relnamespace = 'clone'::regnamespace AND (relname LIKE 'kinds%' AND relname NOT LIKE 'kinds\_1%' OR relname = 'numbers_of_kinds');
SELECT count(*) AS queries, count(*) FILTER (WHERE plan_in('clone', query) = own) AS unchanged FROM own_plans;

-- The extension is dropped and made again in the same session.
CALL make_drifted('again', 'int', 'v', 'i');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM again WHERE v > 9500');
SET client_min_messages = warning;
DROP EXTENSION regress_planner CASCADE;
RESET client_min_messages;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM again WHERE v > 9500');
CREATE EXTENSION regress_planner;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM again WHERE v > 9500');
SELECT restore('again');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM again WHERE v > 9500');
-- within a transaction that is rolled back
BEGIN;
DROP EXTENSION regress_planner CASCADE;
SELECT identical FROM compare('regress_planner.enabled', 'SELECT * FROM again WHERE v > 9500');
ROLLBACK;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM again WHERE v > 9500');
