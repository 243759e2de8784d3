-- Order of indexes and statistics objects, which decides between equals.

-- Restores the statistics objects of a table.
CREATE PROCEDURE restore_statistics_objects(name text) LANGUAGE plpgsql AS $$
DECLARE
	columns text := (SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute
		WHERE attrelid = 'pg_statistic_ext_data'::regclass AND attnum > 1);
	pairs text := format('SELECT p.oid AS source, c.oid AS target
		FROM pg_statistic_ext AS p JOIN pg_statistic_ext AS c USING (stxname)
		WHERE p.stxrelid = %L::regclass AND c.stxrelid = %L::regclass', 'production.' || name, 'clone.' || name);
BEGIN
	EXECUTE format('INSERT INTO regress_planner.statistics_object SELECT target, source::int FROM (%s) AS pairs', pairs);
	EXECUTE format('INSERT INTO pg_statistic_ext_data SELECT target, %s FROM (%s) AS pairs
		JOIN pg_statistic_ext_data ON stxoid = source', columns, pairs);
END
$$;

CALL in_both('CREATE TABLE tied (a int, b int, c int) WITH (autovacuum_enabled = off)');
-- made in one order in production, and in another in the clone
CREATE INDEX tied_first ON production.tied (a);
CREATE INDEX tied_second ON production.tied (a);
CREATE INDEX tied_second ON clone.tied (a);
CREATE INDEX tied_first ON clone.tied (a);
CREATE STATISTICS production.tied_ab (mcv) ON a, b FROM production.tied;
CREATE STATISTICS production.tied_bc (mcv) ON b, c FROM production.tied;
CREATE STATISTICS clone.tied_bc (mcv) ON b, c FROM clone.tied;
CREATE STATISTICS clone.tied_ab (mcv) ON a, b FROM clone.tied;
INSERT INTO production.tied SELECT i % 20, i % 20 + i % 3, i % 20 + i % 2 FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE production.tied;
SELECT restore('tied');
CALL restore_statistics_objects('tied');

SELECT * FROM compare('regress_planner.order', 'SELECT a FROM tied WHERE a = 3');
SELECT * FROM compare('regress_planner.order', 'SELECT * FROM tied WHERE a = 3 AND b = 4 AND c = 4');

-- The newest of equals by production's rank comes first.
UPDATE regress_planner.index SET ordinal = 2 WHERE indexrelid = 'clone.tied_first'::regclass;
UPDATE regress_planner.index SET ordinal = 1 WHERE indexrelid = 'clone.tied_second'::regclass;
SELECT plan_in('clone', 'SELECT a FROM tied WHERE a = 3') LIKE '%tied_first%' AS first;
UPDATE regress_planner.index SET ordinal = 3 WHERE indexrelid = 'clone.tied_second'::regclass;
SELECT plan_in('clone', 'SELECT a FROM tied WHERE a = 3') LIKE '%tied_second%' AS second;

-- Many indexes.
DO $$
BEGIN
	FOR i IN 1..120 LOOP
		EXECUTE format('CREATE INDEX tied_many_%s ON clone.tied (a)', i);
	END LOOP;
	FOR i IN REVERSE 120..1 LOOP
		EXECUTE format('CREATE INDEX tied_many_%s ON production.tied (a)', i);
	END LOOP;
END
$$;
SELECT restore('tied');
SELECT * FROM compare('regress_planner.order', 'SELECT a FROM tied WHERE a = 3');

-- An inheritance parent's statistics objects too.
CALL in_both('CREATE TABLE tree (a int, b int, c int) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE TABLE branch () INHERITS (tree) WITH (autovacuum_enabled = off)');
CREATE STATISTICS production.tree_ab (ndistinct) ON a, b FROM production.tree;
CREATE STATISTICS production.tree_bc (ndistinct) ON b, c FROM production.tree;
CREATE STATISTICS clone.tree_bc (ndistinct) ON b, c FROM clone.tree;
CREATE STATISTICS clone.tree_ab (ndistinct) ON a, b FROM clone.tree;
INSERT INTO production.branch SELECT i % 20, i % 20 + i % 3, i % 4 FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE production.tree, production.branch;
SELECT restore('tree'), restore('branch');
CALL restore_statistics_objects('tree');
SELECT * FROM compare('regress_planner.order', 'SELECT a, b, c FROM tree GROUP BY a, b, c');
