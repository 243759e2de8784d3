-- Height of B-tree indexes.

CALL in_both('CREATE TABLE tall (id int, code text) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE UNIQUE INDEX tall_id ON tall (id)');
CALL in_both('CREATE INDEX tall_code ON tall (code)');
INSERT INTO production.tall SELECT i, 'code ' || i FROM generate_series(1, 30000) AS i;
VACUUM ANALYZE production.tall;
SELECT restore('tall');

SELECT indexrelid::regclass, tree_height FROM regress_planner.index
	WHERE indexrelid IN ('clone.tall_id'::regclass, 'clone.tall_code'::regclass) ORDER BY 1;
SELECT * FROM compare('regress_planner.tree_height', 'SELECT * FROM tall WHERE id = 17');
SELECT * FROM compare('regress_planner.tree_height', 'SELECT * FROM tall WHERE code = ''code 17''');

-- A level costs fifty operators.
CREATE TEMP TABLE costs AS SELECT number_of('Startup Cost', 'SELECT * FROM clone.tall WHERE id = 17') AS cost;
UPDATE regress_planner.index SET tree_height = tree_height + 2 WHERE indexrelid = 'clone.tall_id'::regclass;
SELECT round((number_of('Startup Cost', 'SELECT * FROM clone.tall WHERE id = 17') - cost)::numeric, 2) AS difference FROM costs;

-- Without a height the index keeps its own.
UPDATE regress_planner.index SET tree_height = NULL WHERE indexrelid = 'clone.tall_id'::regclass;
SELECT round((cost - number_of('Startup Cost', 'SELECT * FROM clone.tall WHERE id = 17'))::numeric, 2) AS difference FROM costs;
