-- Revmap pages of BRIN indexes: a second one after 1360 ranges.

CALL in_both('CREATE TABLE wide (id int, filler text) WITH (autovacuum_enabled = off)');
CALL in_both('ALTER TABLE wide ALTER filler SET STORAGE PLAIN');
CALL in_both('CREATE INDEX wide_id ON wide USING brin (id) WITH (pages_per_range = 1)');
INSERT INTO production.wide SELECT i, repeat('x', 5000) FROM generate_series(1, 1500) AS i;
VACUUM ANALYZE production.wide;
SELECT restore('wide');
SELECT brin_revmap_pages FROM regress_planner.index WHERE indexrelid = 'clone.wide_id'::regclass;
SET enable_seqscan = off;
SELECT * FROM compare('regress_planner.brin', 'SELECT * FROM wide WHERE id < 100');

-- The cost of reading so many pages in sequence instead of at random.
UPDATE regress_planner.index SET pages = 100, brin_revmap_pages = 11 WHERE indexrelid = 'clone.wide_id'::regclass;
SET seq_page_cost = 1;
SET random_page_cost = 4;
CREATE TEMP TABLE costs AS SELECT number_of('Total Cost', 'SELECT * FROM clone.wide WHERE id < 100') AS cost;
SET regress_planner.brin = off;
SELECT round((number_of('Total Cost', 'SELECT * FROM clone.wide WHERE id < 100') - cost)::numeric, 2) AS difference FROM costs;
RESET regress_planner.brin;
RESET seq_page_cost;
RESET random_page_cost;

-- Rows in the clone change nothing.
SELECT restore('wide');
INSERT INTO clone.wide SELECT i, 'fixture' FROM generate_series(1, 100) AS i;
SELECT * FROM compare('regress_planner.brin', 'SELECT * FROM wide WHERE id < 100');
SELECT count(*) FROM clone.wide WHERE id < 10;

-- Unknown: the clone's own.
UPDATE regress_planner.index SET brin_revmap_pages = NULL WHERE indexrelid = 'clone.wide_id'::regclass;
SELECT * FROM compare('regress_planner.brin', 'SELECT * FROM wide WHERE id < 100');

-- Not true: the index is smaller than its revmap.  Nor without the sizes that
-- would belong to it.
SELECT restore('wide');
UPDATE regress_planner.index SET brin_revmap_pages = pages WHERE indexrelid = 'clone.wide_id'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.wide WHERE id < 100') > 0 AS planned;
UPDATE regress_planner.index SET pages = 1000, brin_revmap_pages = 900 WHERE indexrelid = 'clone.wide_id'::regclass;
SET regress_planner.sizes = off;
SELECT number_of('Total Cost', 'SELECT * FROM clone.wide WHERE id < 100') > 0 AS planned;
RESET regress_planner.sizes;
