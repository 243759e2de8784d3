-- Metapage figures of GIN indexes.

CALL in_both('CREATE TABLE tagged (id int, tags int[]) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX tagged_tags ON tagged USING gin (tags)');
INSERT INTO production.tagged SELECT i, ARRAY[i % 5, 100 + i % 3] FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE production.tagged;
SELECT restore('tagged');
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged WHERE tags @> ARRAY[3, 101]');
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged WHERE tags && ARRAY[3]');

-- With pages in the pending list.
INSERT INTO production.tagged SELECT i, ARRAY[i % 5, 100 + i % 3] FROM generate_series(20001, 20400) AS i;
SELECT n_pending_pages > 0 AS pending FROM gin_metapage_info(get_raw_page('production.tagged_tags', 0));
SELECT restore('tagged');
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged WHERE tags @> ARRAY[3, 101]');

-- Rows and VACUUM in the clone change its own metapage, which is not read.
INSERT INTO clone.tagged SELECT i, ARRAY[i] FROM generate_series(1, 200) AS i;
VACUUM clone.tagged;
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged WHERE tags @> ARRAY[3, 101]');
SELECT count(*) FROM clone.tagged WHERE tags @> ARRAY[7];

-- VACUUM leaves the shadow's figures alone.
VACUUM regress_planner.gin_shadow;
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged WHERE tags @> ARRAY[3, 101]');

-- The costs of a join ask several times for several indexes.
CALL in_both('CREATE TABLE wanted (tags int[])');
CALL in_both('CREATE INDEX wanted_tags ON wanted USING gin (tags)');
INSERT INTO production.wanted SELECT ARRAY[i] FROM generate_series(1, 500) AS i;
VACUUM ANALYZE production.wanted;
SELECT restore('wanted');
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged JOIN wanted ON tagged.tags @> wanted.tags AND wanted.tags @> ARRAY[3]');

-- Without a shadow the planner guesses, as it does with an empty index.
UPDATE regress_planner.index SET gin_shadow = NULL WHERE indexrelid = 'clone.tagged_tags'::regclass;
SELECT * FROM compare('regress_planner.gin', 'SELECT * FROM tagged WHERE tags @> ARRAY[3, 101]');

-- set_gin_metapage() writes into shadows only, and only what can be true.
CREATE INDEX gin_test_shadow ON regress_planner.gin_shadow USING gin (keys);
CREATE INDEX gin_test_btree ON regress_planner.gin_shadow (keys);
SELECT regress_planner.set_gin_metapage('clone.tagged_tags', 0, 1, 1, 1, 1);
SELECT regress_planner.set_gin_metapage('clone.tagged', 0, 1, 1, 1, 1);
SELECT regress_planner.set_gin_metapage('regress_planner.gin_test_btree', 0, 1, 1, 1, 1);
SELECT regress_planner.set_gin_metapage('regress_planner.gin_test_shadow', -1, 1, 1, 1, 1);
SELECT regress_planner.set_gin_metapage('regress_planner.gin_test_shadow', 0, 4294967295, 1, 1, 1);
SELECT regress_planner.set_gin_metapage('regress_planner.gin_test_shadow', 0, 1, 1, 1, -1);
SELECT regress_planner.set_gin_metapage('regress_planner.gin_test_shadow', 1, 20, 13, 4, 5000000000);
SELECT n_pending_pages, n_total_pages, n_entry_pages, n_data_pages, n_entries
	FROM gin_metapage_info(get_raw_page('regress_planner.gin_test_shadow', 0));
DROP INDEX regress_planner.gin_test_shadow, regress_planner.gin_test_btree;
