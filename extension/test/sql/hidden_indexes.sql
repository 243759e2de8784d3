-- Hidden indexes: no plan uses them, and no estimate changes.

CREATE TABLE hiding (id int PRIMARY KEY, v int, w int);
CREATE INDEX hiding_v ON hiding (v);
CREATE INDEX hiding_v_w ON hiding (v, w);
CREATE INDEX hiding_sum ON hiding ((v + w));
INSERT INTO hiding SELECT i, i % 1000, i % 7 FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE hiding;

CREATE FUNCTION hide(VARIADIC names text[]) RETURNS text LANGUAGE sql AS $$
	SELECT set_config('regress_planner.hidden_indexes', string_agg(name::regclass::oid::text, ', '), false) IS NOT NULL
		FROM unnest(names) AS name
$$;
CREATE FUNCTION indexes_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN (SELECT string_agg(m[1], ', ') FROM regexp_matches(plan::text, '"Index Name": "([^"]+)"', 'g') AS m);
END
$$;
CREATE FUNCTION rows_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT JSON) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END
$$;

SELECT indexes_of('SELECT * FROM hiding WHERE v = 3');
SELECT hide('hiding_v_w');
SELECT indexes_of('SELECT * FROM hiding WHERE v = 3');
SELECT hide('hiding_v', 'hiding_v_w');
SELECT indexes_of('SELECT * FROM hiding WHERE v = 3') IS NULL AS none;

-- Statistics of an expression, and what is unique, are still known.
RESET regress_planner.hidden_indexes;
CREATE TEMP TABLE rows_before AS SELECT query, rows_of(query) AS rows FROM (VALUES
	('SELECT * FROM hiding WHERE v + w = 5'),
	('SELECT * FROM hiding WHERE v + w > 1004'),
	('SELECT * FROM hiding AS a JOIN hiding AS b ON a.id = b.v'),
	('SELECT * FROM hiding WHERE id > 19990')) AS queries (query);
SELECT hide('hiding_sum', 'hiding_pkey', 'hiding_v', 'hiding_v_w');
SELECT count(*), bool_and(rows_of(query) = rows) AS same_rows, bool_and(indexes_of(query) IS NULL) AS no_index FROM rows_before;
EXPLAIN (COSTS OFF, VERBOSE) SELECT b.w FROM hiding AS a JOIN hiding AS b ON a.v = b.id;

-- Anything but a list of OIDs is refused.
SET regress_planner.hidden_indexes = 'hiding_v';
SET regress_planner.hidden_indexes = '16384,';
SET regress_planner.hidden_indexes = ',16384';
SET regress_planner.hidden_indexes = '16384 16385';
SET regress_planner.hidden_indexes = '0';
SET regress_planner.hidden_indexes = '-1';
SET regress_planner.hidden_indexes = '4294967296';
SET regress_planner.hidden_indexes = '16384 , 16385,16386';
SHOW regress_planner.hidden_indexes;
RESET regress_planner.hidden_indexes;
SELECT indexes_of('SELECT * FROM hiding WHERE v = 3');
DROP TABLE hiding;
DROP FUNCTION hide, indexes_of, rows_of;
