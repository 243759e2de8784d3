-- Pages, tuples and all-visible fraction of tables and indexes.

-- Analysed, then drifted: the file has grown since relpages was written, and
-- vacuumed pages are no longer all of them.
CALL in_both('CREATE TABLE drifted (id int, note text) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX drifted_id ON drifted (id)');
CALL in_both('CREATE INDEX drifted_few ON drifted (id) WHERE note = ''few''');
INSERT INTO production.drifted SELECT i, CASE WHEN i % 10 = 0 THEN 'few' ELSE 'many' END FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE production.drifted;
INSERT INTO production.drifted SELECT i, 'few' FROM generate_series(20001, 27000) AS i;
SELECT restore('drifted');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM drifted');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM drifted WHERE id < 500');
-- an index-only scan: the all-visible fraction
SELECT * FROM compare('regress_planner.sizes', 'SELECT id FROM drifted WHERE id < 5000');
-- a partial index has its own tuples, and the metapage holds none
SELECT * FROM compare('regress_planner.sizes', 'SELECT id FROM drifted WHERE note = ''few''');

-- Never analysed: at least ten pages, and a density from the columns' widths.
CALL in_both('CREATE TABLE small (id int, note varchar(50)) WITH (autovacuum_enabled = off)');
INSERT INTO production.small VALUES (1, 'one');
SELECT restore('small');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM small');
CALL in_both('CREATE TABLE unknown (id int, note varchar(50)) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX unknown_id ON unknown (id)');
CALL in_both('CREATE INDEX unknown_some ON unknown (id, upper(note)) WHERE id > 100');
INSERT INTO production.unknown SELECT i, 'note ' || i FROM generate_series(1, 9000) AS i;
SELECT restore('unknown');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM unknown');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM unknown WHERE id = 7');
SELECT * FROM compare('regress_planner.sizes', 'SELECT id FROM unknown WHERE id > 100 AND upper(note) = ''X''');

-- The same with a fillfactor, which counts since 17.
CALL in_both('CREATE TABLE loose (id int, note varchar(50)) WITH (autovacuum_enabled = off, fillfactor = 40)');
INSERT INTO production.loose SELECT i, 'note ' || i FROM generate_series(1, 9000) AS i;
SELECT restore('loose');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM loose');

-- Analysed while empty, then filled: not "never analysed", so no ten pages.
CALL in_both('CREATE TABLE filled (id int, note varchar(50)) WITH (autovacuum_enabled = off)');
VACUUM ANALYZE production.filled;
INSERT INTO production.filled SELECT i, 'note ' || i FROM generate_series(1, 300) AS i;
SELECT restore('filled');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM filled');
-- and empty for good
TRUNCATE production.filled;
VACUUM production.filled;
SELECT restore('filled');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM filled');

-- A table that no longer has children: relhassubclass stays, and forbids the
-- rule of ten pages.
CALL in_both('CREATE TABLE childless (id int) WITH (autovacuum_enabled = off)');
CREATE TABLE production.child () INHERITS (production.childless);
DROP TABLE production.child;
INSERT INTO production.childless VALUES (1);
SELECT restore('childless');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM ONLY childless');

-- Partitions have sizes; their parent is the sum of them.
CALL in_both('CREATE TABLE parts (id int, note text) PARTITION BY RANGE (id)');
CALL in_both('CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (5000) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (5000) TO (9000) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX parts_id ON parts (id)');
INSERT INTO production.parts SELECT i, 'note ' || i FROM generate_series(1, 8000) AS i;
VACUUM ANALYZE production.parts;
SELECT restore('parts'), restore('parts_1'), restore('parts_2');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM parts');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM parts WHERE id BETWEEN 4000 AND 4100');

-- The same with plain inheritance, where the parent has rows of its own.
CALL in_both('CREATE TABLE family (id int, note text) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE TABLE family_child () INHERITS (family) WITH (autovacuum_enabled = off)');
INSERT INTO production.family SELECT i, 'parent' FROM generate_series(1, 2000) AS i;
INSERT INTO production.family_child SELECT i, 'child' FROM generate_series(1, 6000) AS i;
VACUUM ANALYZE production.family, production.family_child;
SELECT restore('family'), restore('family_child');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM family');

-- A materialized view.
CREATE MATERIALIZED VIEW production.view AS SELECT i AS id FROM generate_series(1, 5000) AS i;
CREATE MATERIALIZED VIEW clone.view AS SELECT i AS id FROM generate_series(1, 5000) AS i WITH NO DATA;
VACUUM ANALYZE production.view;
SELECT restore('view');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM view');

-- Heap under another name is heap.
CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CALL in_both('CREATE TABLE other_name (id int, note text) USING heap_too WITH (autovacuum_enabled = off)');
INSERT INTO production.other_name SELECT i, 'note' FROM generate_series(1, 5000) AS i;
VACUUM ANALYZE production.other_name;
SELECT restore('other_name');
SELECT * FROM compare('regress_planner.sizes', 'SELECT * FROM other_name WHERE id < 100');

-- An index that production does not have: its tuples are the table's.
CREATE INDEX drifted_new ON clone.drifted (note, id);
SELECT number_of('Total Cost', 'SELECT * FROM clone.drifted WHERE note = ''few'' AND id = 3') > 0 AS planned;

-- Rows in the clone change nothing.
INSERT INTO clone.drifted SELECT i, 'fixture' FROM generate_series(1, 300) AS i;
DROP INDEX clone.drifted_new;
SELECT * FROM compare('regress_planner.sizes', 'SELECT id FROM drifted WHERE id < 5000');
-- and they are what a query returns
SELECT count(*) FROM clone.drifted WHERE id < 5000;

-- System catalogs, also those that are read to read the side tables: without
-- a row they keep their own sizes.
SELECT number_of('Plan Rows', 'SELECT * FROM pg_class') < 9000 AS own_size;
INSERT INTO regress_planner.relation
SELECT c.oid, 100000, 100000, 9000000, 0, false FROM pg_class c
WHERE c.relname IN ('pg_class', 'pg_namespace', 'pg_index', 'pg_database') AND c.relnamespace = 'pg_catalog'::regnamespace;
INSERT INTO regress_planner.index (indexrelid, pages, relpages, reltuples, ordinal, tree_height, range_min, range_max)
SELECT i.indexrelid, 50000, 50000, 9000000, 1, 3, NULL, NULL FROM pg_index i WHERE i.indrelid IN ('pg_class'::regclass, 'pg_namespace'::regclass);
SELECT number_of('Plan Rows', 'SELECT * FROM pg_class');
SELECT number_of('Plan Rows', 'SELECT * FROM pg_database');
SELECT number_of('Total Cost', 'SELECT relname FROM pg_class WHERE oid = 1259') > 8.5 AS high_tree;
-- and what they hold is what a query returns
SELECT count(*) FROM pg_class WHERE oid = 'pg_class'::regclass AND relname = 'pg_class';
REINDEX TABLE pg_namespace;
REINDEX INDEX pg_class_oid_index;
SELECT number_of('Plan Rows', 'SELECT * FROM pg_namespace');
DELETE FROM regress_planner.relation WHERE relid < 16384;
DELETE FROM regress_planner.index WHERE indexrelid < 16384;
