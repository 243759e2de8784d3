-- Values at the ends of B-tree indexes, which the planner reads when a condition
-- falls into the first or last bin of a histogram.

-- Makes a table in both schemas whose rows have outgrown its statistics at both
-- ends, with an index on key, and restores it.
CREATE PROCEDURE make_drifted(name text, type text, key text, expression text) LANGUAGE plpgsql AS $$
BEGIN
	CALL in_both(format('CREATE TABLE %I (v %s) WITH (autovacuum_enabled = off)', name, type));
	CALL in_both(format('CREATE INDEX %I ON %I (%s)', name || '_key', name, key));
	EXECUTE format('INSERT INTO production.%I SELECT %s FROM generate_series(1000, 9000) AS i', name, expression);
	EXECUTE format('ANALYZE production.%I', name);
	EXECUTE format('INSERT INTO production.%I SELECT %s FROM generate_series(9001, 9900) AS i', name, expression);
	EXECUTE format('INSERT INTO production.%I SELECT %s FROM generate_series(1, 999) AS i', name, expression);
	PERFORM restore(name);
END
$$;

CALL make_drifted('ints', 'int', 'v', 'i');
SELECT range_min, range_max FROM regress_planner.index WHERE indexrelid = 'clone.ints_key'::regclass;
-- beyond the histogram, within the index; and beyond both
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints WHERE v > 9500');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints WHERE v < 400');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints WHERE v > 20000');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints WHERE v BETWEEN 9500 AND 9600');
-- a merge join, which uses the ends of the histogram
SET enable_hashjoin = off;
SET enable_nestloop = off;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints AS a JOIN ints AS b ON a.v = b.v WHERE a.v > 9500');
RESET enable_hashjoin;
RESET enable_nestloop;

-- Other types and kinds of keys.  Types without min() are among them.
CALL make_drifted('texts', 'text COLLATE "C"', 'v', 'to_char(i, ''00000'')');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM texts WHERE v > '' 09500''');
CALL make_drifted('uuids', 'uuid', 'v', 'to_char(i, ''FM00000000000000000000000000000000'')::uuid');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM uuids WHERE v > ''00000000000000000000000000009500''');
CALL make_drifted('times', 'timestamptz', 'v', '''2024-01-01 00:00+00''::timestamptz + i * interval ''1 hour''');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM times WHERE v > ''2025-01-31 00:00+00''');
CALL make_drifted('numbers', 'numeric(12,2)', 'v', 'i / 7.0');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM numbers WHERE v > 1400');
CALL make_drifted('falling', 'int', 'v DESC NULLS LAST', 'i');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM falling WHERE v > 9500');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM falling WHERE v < 400');
CALL make_drifted('computed', 'int', '(v * 2)', 'i');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM computed WHERE v * 2 > 19000');
CALL make_drifted('several', 'int', 'v, (v + 1)) INCLUDE (v', 'i');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM several WHERE v > 9500');
CALL make_drifted('bytes', 'bytea', 'v', 'decode(to_char(i, ''FM00000000''), ''hex'')');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM bytes WHERE v > ''\x00009500''');
CALL make_drifted('documents', 'jsonb', 'v', 'jsonb_build_object(''n'', i, ''t'', ''a "quoted" \ text'')');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM documents WHERE v > ''{"n": 9500, "t": ""}''');
CALL make_drifted('arrays', 'int[]', 'v', 'ARRAY[i, NULL]');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM arrays WHERE v > ''{9500}''');
CREATE TYPE pair AS (a int, b text);
CALL make_drifted('pairs', 'pair', 'v', 'ROW(i, ''(a, "b")'')::pair');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM pairs WHERE v > ROW(9500, '''')::pair');
CREATE TYPE mood AS ENUM ('sad', 'fine', 'glad', 'wild');
CALL make_drifted('moods', 'mood', 'v', '(ARRAY[''fine'', ''glad''])[1 + i % 2]::mood');
INSERT INTO production.moods VALUES ('wild'), ('sad');
SELECT restore('moods');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM moods WHERE v > ''glad''');
-- a domain whose constraint came after its values
CREATE DOMAIN bounded AS int;
CALL make_drifted('domains', 'bounded', 'v', 'i::bounded');
ALTER DOMAIN bounded ADD CHECK (VALUE < 100) NOT VALID;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM domains WHERE v > 9500');
-- name is stored as another type
CALL make_drifted('names', 'name', 'v', 'to_char(i, ''FM00000'')');
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM names WHERE v > ''09500''');

-- A partial index is not probed.
CALL make_drifted('partial', 'int', 'v) WHERE (v > 50', 'i');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM partial WHERE v > 9500');

-- Each end apart: where production finds nothing, so does the clone.
CREATE TEMP TABLE estimates AS SELECT number_of('Plan Rows', 'SELECT * FROM clone.ints WHERE v > 9500') AS high,
	number_of('Plan Rows', 'SELECT * FROM clone.ints WHERE v < 400') AS low;
UPDATE regress_planner.index SET range_max = NULL WHERE indexrelid = 'clone.ints_key'::regclass;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.ints WHERE v > 9500') < high AS high_lost,
	number_of('Plan Rows', 'SELECT * FROM clone.ints WHERE v < 400') = low AS low_kept FROM estimates;
-- even if the clone has such a row
INSERT INTO clone.ints SELECT i FROM generate_series(1, 9900) AS i;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.ints WHERE v > 9500') < high AS high_lost FROM estimates;

-- With rows, statements of all kinds do what they say.
SELECT restore('ints');
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(*), min(v), max(v) FROM clone.ints WHERE v > 9500;
SELECT v FROM clone.ints ORDER BY v DESC LIMIT 2;
VACUUM clone.ints;
SELECT count(*) FROM clone.ints WHERE v BETWEEN 10 AND 20;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints WHERE v > 9500');
UPDATE clone.ints SET v = v + 100000 WHERE v > 9890;
DELETE FROM clone.ints WHERE v < 400;
SELECT count(*), min(v), max(v) FROM clone.ints;
CREATE UNIQUE INDEX ints_unique ON clone.ints (v);
INSERT INTO clone.ints VALUES (400);
INSERT INTO clone.ints VALUES (400), (300) ON CONFLICT DO NOTHING;
SELECT min(v) FROM clone.ints;
RESET enable_seqscan;
RESET enable_bitmapscan;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET min_parallel_index_scan_size = 0;
SET enable_seqscan = off;
SELECT count(*) FROM clone.ints WHERE v > 9500;
RESET ALL;
-- also after the index has been rebuilt or dropped
REINDEX INDEX clone.ints_key;
DROP INDEX clone.ints_unique;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM ints WHERE v > 9500');
DROP INDEX clone.ints_key;
SELECT count(*) FROM clone.ints WHERE v > 9500;

-- A text that is not a value of the column costs a warning, once, and the
-- server's own estimate.
UPDATE regress_planner.index SET range_max = 'a secret' WHERE indexrelid = 'clone.times_key'::regclass;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.times WHERE v > ''2025-01-31 00:00+00''') > 0 AS planned;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.times WHERE v > ''2025-01-31 00:00+00''') > 0 AS planned;
-- so does one that is too long for an index
UPDATE regress_planner.index SET range_max = (SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) AS i)
	WHERE indexrelid = 'clone.texts_key'::regclass;
SELECT number_of('Plan Rows', 'SELECT * FROM clone.texts WHERE v > '' 09500''') > 0 AS planned;

-- The catalogs change while a query is being planned: a function that the
-- planner evaluates makes the relation cache build the index's entry anew.
SELECT restore('times');
CREATE FUNCTION touch() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE pg_class SET reltuples = reltuples WHERE oid IN ('production.times_key'::regclass, 'clone.times_key'::regclass);
END
$$;
CREATE FUNCTION late() RETURNS timestamptz STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM touch();
	RETURN '2025-01-31 00:00+00';
END
$$;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM times WHERE v > late()');
-- such a function can itself plan, and fail
CREATE FUNCTION failing() RETURNS timestamptz STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*) FROM clone.times WHERE v > late();
	BEGIN
		PERFORM count(*) FROM clone.times WHERE v > '2025-01-31 00:00+00' AND 1 / (SELECT 0) > 1;
		PERFORM count(*) FROM clone.times WHERE v > ('never' || late())::timestamptz;
	EXCEPTION WHEN OTHERS THEN
	END;
	RETURN late();
END
$$;
SELECT * FROM compare('regress_planner.range_ends', 'SELECT * FROM times WHERE v > failing()');
