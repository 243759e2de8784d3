-- What plans.sql and interrupted.sql plan: on top of test/sql/setup.sql, one
-- table of each kind that the library treats apart, filled in production, empty
-- and restored in clone.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE TYPE public.mood AS ENUM ('sad', 'fine', 'glad');
CREATE DOMAIN public.bounded AS int;
CREATE TYPE public.pair AS (a int, b text);

CALL in_both('CREATE TABLE items (id int PRIMARY KEY, at timestamptz, tags int[], label text, code name, note varchar(20),
	amount numeric(10,2), uid uuid, doc jsonb, feeling mood, part bounded, both_parts pair) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX items_at ON items (at)');
CALL in_both('CREATE INDEX items_label ON items (label DESC) INCLUDE (amount)');
CALL in_both('CREATE INDEX items_code ON items (code)');
CALL in_both('CREATE INDEX items_note ON items (note)');
CALL in_both('CREATE INDEX items_amount ON items (amount, id)');
CALL in_both('CREATE INDEX items_uid ON items (uid)');
CALL in_both('CREATE INDEX items_doc ON items (doc)');
CALL in_both('CREATE INDEX items_feeling ON items (feeling)');
CALL in_both('CREATE INDEX items_part ON items (part)');
CALL in_both('CREATE INDEX items_both_parts ON items (both_parts)');
CALL in_both('CREATE INDEX items_lower ON items (lower(label))');
CALL in_both('CREATE INDEX items_partial ON items (amount) WHERE feeling = ''glad''');
CALL in_both('CREATE INDEX items_hash ON items USING hash (label)');
CALL in_both('CREATE INDEX items_tags ON items USING gin (tags)');
CALL in_both('CREATE INDEX items_doc_gin ON items USING gin (doc)');
CALL in_both('CREATE INDEX items_brin ON items USING brin (at) WITH (pages_per_range = 1)');
CALL in_both('CREATE STATISTICS items_mcv (mcv, ndistinct, dependencies) ON feeling, part FROM items');
CALL in_both('CREATE STATISTICS items_more (ndistinct, dependencies) ON feeling, note FROM items');

CALL in_both('CREATE TABLE lines (item_id int, line int, price float8, span int4range, PRIMARY KEY (item_id, line)) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX lines_price ON lines (price)');
CALL in_both('CREATE INDEX lines_span ON lines (span)');

CALL in_both('CREATE TABLE parted (id int, at timestamptz, kind text) PARTITION BY RANGE (id)');
CALL in_both('CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (2000)');
CALL in_both('CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (2000) TO (10000)');
CALL in_both('CREATE INDEX parted_id ON parted (id)');
CALL in_both('CREATE INDEX parted_at ON parted USING brin (at)');

CALL in_both('CREATE TABLE parent (id int PRIMARY KEY, kind text)');
CALL in_both('CREATE TABLE child (more int) INHERITS (parent)');
CALL in_both('CREATE INDEX child_id ON child (id)');

INSERT INTO production.items
	SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 hour', ARRAY[i % 5, i % 17, i], 'label ' || i % 900,
		'code' || i % 70, 'note ' || i % 30, i % 1000 / 7.0, to_char(i, 'FM00000000000000000000000000000000')::uuid,
		jsonb_build_object('n', i % 50, 't', 'x'), (ARRAY['sad', 'fine', 'glad'])[1 + i % 3]::mood, i % 12, ROW(i % 40, 'p')::pair
	FROM generate_series(1000, 4000) AS i;
INSERT INTO production.lines
	SELECT i / 3, i % 3, i / 11.0, int4range(i, i + 9) FROM generate_series(1, 6000) AS i;
INSERT INTO production.parted
	SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 minute', 'kind ' || i % 8 FROM generate_series(0, 5000) AS i;
INSERT INTO production.parent SELECT i, 'k' || i % 4 FROM generate_series(1, 900) AS i;
INSERT INTO production.child SELECT i, 'k' || i % 4, i FROM generate_series(901, 3000) AS i;
CALL in_both('CREATE MATERIALIZED VIEW totals AS SELECT item_id, sum(price) AS total FROM lines GROUP BY item_id');
CALL in_both('CREATE INDEX totals_item ON totals (item_id)');
REFRESH MATERIALIZED VIEW production.totals;
VACUUM ANALYZE;
-- grown since, at both ends
INSERT INTO production.items
	SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 hour', ARRAY[i % 5, i], 'label ' || i, 'z' || i, 'z' || i, i,
		to_char(i, 'FM00000000000000000000000000000000')::uuid, '{"n": 1000}', 'glad', i % 90, ROW(i, 'q')::pair
	FROM (SELECT generate_series(1, 999) UNION ALL SELECT generate_series(4001, 5000)) AS grown (i);
INSERT INTO production.lines SELECT i / 3, i % 3, i / 11.0, int4range(i, i + 9) FROM generate_series(6001, 7000) AS i;

-- What a user's buggy script, or somebody forging, might write.
ALTER TABLE regress_planner.relation ALTER pages DROP NOT NULL, ALTER relpages DROP NOT NULL,
	ALTER reltuples DROP NOT NULL, ALTER relallvisible DROP NOT NULL, ALTER relhassubclass DROP NOT NULL;
ALTER TABLE regress_planner.index ALTER pages DROP NOT NULL, ALTER relpages DROP NOT NULL,
	ALTER reltuples DROP NOT NULL, ALTER ordinal DROP NOT NULL;
ALTER TABLE regress_planner.statistics_object ALTER ordinal DROP NOT NULL;
ALTER TABLE regress_planner.object ALTER production_oid DROP NOT NULL;

-- Restores all there is, and says of further kinds of relation what is true of none.
CREATE FUNCTION restore_all() RETURNS void LANGUAGE plpgsql SET client_min_messages = error AS $$
BEGIN
	DELETE FROM regress_planner.relation;
	DELETE FROM regress_planner.index;
	DELETE FROM regress_planner.statistics_object;
	DELETE FROM regress_planner.object;
	PERFORM restore(relname) FROM pg_class
		WHERE relnamespace = 'production'::regnamespace AND relkind IN ('r', 'm') ORDER BY relname;
	PERFORM restore_statistics(s.oid, t.oid) FROM pg_class AS s JOIN pg_class AS t USING (relname)
		WHERE s.relnamespace = 'production'::regnamespace AND t.relnamespace = 'clone'::regnamespace AND s.relkind = 'p';
	INSERT INTO regress_planner.relation
		SELECT oid, 100, 90, 5000, 40, false FROM pg_class
		WHERE relnamespace IN ('clone'::regnamespace, 'pg_catalog'::regnamespace) OR oid < 1300
		ON CONFLICT DO NOTHING;
	INSERT INTO regress_planner.index
		SELECT oid, 50, 40, 5000, 1, 1 FROM pg_class
		WHERE relnamespace = 'clone'::regnamespace AND relkind IN ('I', 'r', 'p') OR relnamespace = 'pg_catalog'::regnamespace AND relkind = 'i'
		ON CONFLICT DO NOTHING;
	INSERT INTO regress_planner.statistics_object
		SELECT oid, 100000 - oid::int FROM pg_statistic_ext WHERE stxnamespace = 'clone'::regnamespace;
	INSERT INTO regress_planner.object
		SELECT t.oid, s.oid FROM pg_class AS s JOIN pg_class AS t USING (relname)
		WHERE s.relnamespace = 'production'::regnamespace AND t.relnamespace = 'clone'::regnamespace;
END
$$;
SELECT restore_all();

CREATE FUNCTION pick(VARIADIC choices text[]) RETURNS text VOLATILE LANGUAGE sql AS
	'SELECT choices[1 + floor(random() * cardinality(choices))::int]';
CREATE FUNCTION below(n int) RETURNS int VOLATILE LANGUAGE sql AS 'SELECT floor(random() * n)::int';

-- Functions that the planner evaluates, and that plan, change the catalogs and fail themselves.
CREATE FUNCTION touch() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE pg_class SET reltuples = reltuples WHERE relnamespace = 'clone'::regnamespace;
END
$$;
CREATE FUNCTION planning(n int) RETURNS int STABLE LANGUAGE plpgsql AS $$
BEGIN
	PERFORM count(*) FROM clone.items WHERE id > n AND code > 'z4' AND tags @> ARRAY[n % 5];
	RETURN n;
END
$$;
CREATE FUNCTION failing(n int) RETURNS int STABLE LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		PERFORM touch();
		PERFORM count(*) FROM clone.items WHERE at > ('never' || n)::timestamptz AND amount > n;
	EXCEPTION WHEN OTHERS THEN
		PERFORM planning(n);
	END;
	RETURN n;
END
$$;

-- A condition on items, whose alias is given.
CREATE FUNCTION condition(a text) RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT replace(pick(
		'a.id > ' || below(6000), 'a.id < ' || below(2000), 'a.id = ' || below(6000), 'a.id IN (1, 2, ' || below(5000) || ')',
		format('a.at > %L', '2024-01-01 00:00+00'::timestamptz + below(5200) * interval '1 hour'), 'a.at < now()',
		format('a.label > %L', 'label ' || below(5500)), format('a.label = %L', 'label ' || below(950)), 'lower(a.label) < ''label 2''',
		format('a.code > %L', pick('a', 'code3', 'z4', 'z5', 'zz')), format('a.note >= %L', 'z' || below(5000)),
		'a.amount > ' || below(6000), 'a.amount < ' || below(30), 'a.amount > 90 AND a.feeling = ''glad''',
		format('a.uid > %L', to_char(below(5200), 'FM00000000000000000000000000000000')),
		format('a.doc > %L', '{"n": 999}'), format('a.doc @> %L', '{"n": 7}'), format('a.feeling > %L', pick('sad', 'fine', 'glad')),
		'a.part > ' || below(100), 'a.part = ' || below(12) || ' AND a.feeling = ''sad''', 'a.both_parts > ROW(' || below(5000) || ', '''')::pair',
		'a.tags @> ARRAY[' || below(20) || ']', 'a.tags && ARRAY[' || below(20) || ', ' || below(5000) || ']',
		'a.id > planning(' || below(6000) || ')', 'a.id > failing(' || below(6000) || ')'), 'a.', a || '.')
$$;

CREATE FUNCTION query() RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT 'SELECT ' || pick(
		'* FROM items AS a WHERE ' || condition('a'),
		'* FROM items AS a WHERE ' || condition('a') || ' AND ' || condition('a') || ' ORDER BY ' || pick('id', 'label', 'at DESC', 'amount, id') || ' LIMIT ' || below(50),
		'count(*) FROM items AS a WHERE ' || condition('a') || ' OR ' || condition('a'),
		'feeling, part, count(*) FROM items AS a WHERE ' || condition('a') || ' GROUP BY ' || pick('1, 2', 'CUBE (1, 2)'),
		'DISTINCT feeling, note FROM items AS a WHERE ' || condition('a'),
		'* FROM items AS a JOIN lines AS l ON l.item_id = a.id WHERE l.price > ' || below(700) || ' AND ' || condition('a'),
		'* FROM items AS a JOIN items AS b ON b.' || pick('id = a.id', 'label = a.label', 'code = a.code', 'at = a.at') || ' WHERE ' || condition('a') || ' AND ' || condition('b'),
		'* FROM items AS a JOIN totals AS t ON t.item_id = a.id JOIN parted AS p ON p.id = a.id WHERE ' || condition('a') || ' ORDER BY p.id LIMIT 5',
		'* FROM ' || pick('', 'ONLY ') || pick('parted', 'parent', 'child', 'parted_1') || ' AS p WHERE p.id ' || pick('>', '<', '=') || below(5000),
		'* FROM parted AS p WHERE at > ''2024-01-03'' AND EXISTS (SELECT FROM items AS a WHERE a.id = p.id AND ' || condition('a') || ')',
		'* FROM lines AS l WHERE span > int4range(' || below(7000) || ', NULL) AND price > (SELECT avg(a.amount) FROM items AS a WHERE ' || condition('a') || ')',
		'(SELECT max(id) FROM items AS a WHERE ' || condition('a') || '), (SELECT min(price) FROM lines)',
		'* FROM pg_attribute WHERE attrelid = ''clone.items''::regclass AND attnum > 0',
		'* FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid WHERE i.indrelid = ANY (ARRAY[''clone.items'', ''clone.lines'']::regclass[])',
		'row_number() OVER (PARTITION BY feeling ORDER BY id) FROM items AS a TABLESAMPLE SYSTEM (10) WHERE ' || condition('a'))
$$;

CREATE FUNCTION statement() RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT 'EXPLAIN ' || CASE below(12)
		WHEN 0 THEN 'UPDATE items AS a SET amount = amount + 1 WHERE ' || condition('a')
		WHEN 1 THEN 'DELETE FROM items AS a USING lines AS l WHERE l.item_id = a.id AND ' || condition('a')
		WHEN 2 THEN 'INSERT INTO lines SELECT id, 9, 1 FROM items AS a WHERE ' || condition('a') || ' ON CONFLICT DO NOTHING'
		WHEN 3 THEN 'WITH q AS MATERIALIZED (' || query() || ') SELECT count(*) FROM q'
		ELSE query() END
$$;

CREATE FUNCTION setting() RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT pick(
		'SET regress_planner.' || pick('enabled', 'sizes', 'tree_height', 'brin', 'gin', 'range_ends', '"order"', 'tablespaces') || ' = ' || pick('on', 'on', 'off'),
		'SET enable_' || pick('seqscan', 'indexscan', 'bitmapscan', 'indexonlyscan', 'hashjoin', 'mergejoin', 'nestloop', 'sort', 'material') || ' = ' || pick('on', 'off'),
		'SET enable_partitionwise_join = ' || pick('on', 'off'), 'SET work_mem = ' || pick('''64kB''', '''4MB''', '''1GB'''),
		'SET parallel_setup_cost = ' || pick('0', '1000'), 'SET min_parallel_table_scan_size = ' || pick('0', '''8MB'''),
		'SET constraint_exclusion = on', 'RESET ALL', 'RESET ALL',
		'SET geqo_threshold = ' || pick('2', '12'), 'SET plan_cache_mode = ' || pick('force_generic_plan', 'auto'),
		'SET regress_planner.now = ' || pick('''2024-06-01 12:00+00''', '''''', '''0001-01-01 00:00+00 BC''', '''294276-12-31 00:00+00'''),
		format('SET regress_planner.hidden_indexes = %L', pick('', '1', 'clone.items_at'::regclass::oid::text,
			(SELECT string_agg(indexrelid::text, ', ') FROM pg_index WHERE indrelid = 'clone.items'::regclass),
			(SELECT string_agg((i * 7)::text, ',') FROM generate_series(1, 10000) AS i))))
$$;

-- Settings that are refused: the session goes on with what it had.
CREATE FUNCTION refused_setting() RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT format('SELECT refuses(%L)', pick(
		format('SET regress_planner.now = %L', pick('now', 'tomorrow', 'garbage', 'infinity', '12:00', '2024-13-01', '2024-01-01 00:00 Nowhere/Nothing', '294277-01-01',
			repeat('1', 1000000), repeat('1 ', 1000), '2024-01-01 00:00:00+99:99')),
		format('SET regress_planner.hidden_indexes = %L', pick('x', '0', ',', '1,', ',1', '1,,2', '4294967296', '-1', '1 2', '99999999999999999999999',
			repeat('1,', 500000), repeat('9', 1000000), repeat(' ', 1000000), repeat('(', 100000)))))
$$;
CREATE FUNCTION refuses(change text) RETURNS bool LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE change;
	RETURN false;
EXCEPTION WHEN invalid_parameter_value OR program_limit_exceeded THEN
	RETURN true;
END
$$;

CREATE FUNCTION garbage(type text) RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT CASE type
		WHEN 'bigint' THEN pick('NULL', '-1', '0', '1', '4294967294', '4294967295', '9223372036854775807', '-9223372036854775808', below(1000)::text)
		WHEN 'integer' THEN pick('NULL', '-1', '0', '1', '2', '32', '33', '2147483647', '-2147483648')
		WHEN 'double precision' THEN pick('NULL', '-1', '0', '-2', '''NaN''', '''Infinity''', '''-Infinity''', '1e308', '3.4e38', '1e-300', '''-0''', below(100000)::text)
		WHEN 'boolean' THEN pick('NULL', 'true', 'false')
		WHEN 'oid' THEN pick('NULL', '0', '1', '1259', '1262', '1663', '1664', '4294967295', '''clone.items''::regclass', '''clone.items_tags''::regclass',
			'''clone.parted_at''::regclass', '''regress_planner.index_pkey''::regclass', '''regress_planner.gin_shadow''::regclass', '''clone.totals''::regclass')
		ELSE pick('NULL', '''''', '''x''', '''-1''', '''9999''', '''NaN''', '''-Infinity''', '''{}''', '''{{1},{2}}''', '''(1,x)''', '''[3,1)''', '''empty''', '''now''', '''glad''',
			'''99999999999999999999999999''', '''2024-01-01''', '''4714-11-24 00:00+00 BC''', '''null''', '''\x01''', 'chr(1)', 'repeat(''x'', 63)', 'repeat(''x'', 64)',
			'repeat(''z'', 127)', 'repeat(''x'', 9000)', 'repeat(''['', 200000)', 'repeat(''{"a":'', 50000)', '''00000000-0000-0000-0000-000000005555''', '''{"n": 1}''')
	END
$$;

-- One thing that is wrong in the side tables, or all of them right again.
CREATE FUNCTION wrong() RETURNS text VOLATILE LANGUAGE sql AS $$
	SELECT CASE WHEN below(4) = 0 THEN 'SELECT restore_all()' ELSE (
		SELECT format('UPDATE regress_planner.%I SET %I = %s%s', relname, attname, garbage(format_type(atttypid, NULL)),
			CASE WHEN below(3) > 0 AND relname = 'index' THEN format(' WHERE indexrelid = %L::regclass', 'clone.' ||
				pick('items_pkey', 'items_at', 'items_label', 'items_code', 'items_doc', 'items_uid', 'items_both_parts', 'items_tags', 'items_brin', 'lines_span', 'parted_id')) ELSE '' END)
		FROM (SELECT relname, attname, atttypid, random() AS r FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
			WHERE relnamespace = 'regress_planner'::regnamespace AND relname IN ('relation', 'index', 'index', 'statistics_object', 'object') AND attnum > 1
			ORDER BY relname, attnum) AS columns
		ORDER BY r LIMIT 1) END
$$;

-- As settings of the database, because plans.sql resets those of the session.
DO $$
BEGIN
	EXECUTE format('ALTER DATABASE %I SET search_path = clone, public', current_database());
	EXECUTE format('ALTER DATABASE %I SET client_min_messages = error', current_database());
END
$$;
