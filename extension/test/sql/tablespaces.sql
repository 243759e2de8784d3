-- Page costs of production's tablespaces.

SET allow_in_place_tablespaces = on;
CREATE TABLESPACE regress_planner_slow LOCATION '' WITH (random_page_cost = 9, seq_page_cost = 5);
CREATE TABLESPACE regress_planner_fast LOCATION '' WITH (random_page_cost = 1.1);
RESET allow_in_place_tablespaces;

CALL in_both('CREATE TABLE placed (id int, tags int[]) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX placed_id ON placed (id)');
CALL in_both('CREATE INDEX placed_tags ON placed USING gin (tags)');
CALL in_both('CREATE INDEX placed_brin ON placed USING brin (id) WITH (pages_per_range = 1)');
ALTER TABLE production.placed SET TABLESPACE regress_planner_slow;
ALTER INDEX production.placed_id SET TABLESPACE regress_planner_fast;
ALTER INDEX production.placed_brin SET TABLESPACE regress_planner_slow;
INSERT INTO production.placed SELECT i, ARRAY[i, i % 10] FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE production.placed;

-- The side tables name tablespaces of this server; the clone's relations stay where they are.
CREATE FUNCTION restore_tablespaces(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE regress_planner.relation AS r
		SET tablespace = COALESCE(NULLIF(s.reltablespace, 0), (SELECT oid FROM pg_tablespace WHERE spcname = 'pg_default'))
		FROM pg_class AS s WHERE s.oid = format('production.%I', name)::regclass
			AND r.relid = format('clone.%I', name)::regclass;
	UPDATE regress_planner.index AS r
		SET tablespace = COALESCE(NULLIF(s.reltablespace, 0), (SELECT oid FROM pg_tablespace WHERE spcname = 'pg_default'))
		FROM pg_index AS i, pg_class AS s, pg_class AS t
		WHERE i.indrelid = format('production.%I', name)::regclass AND s.oid = i.indexrelid
			AND t.relname = s.relname AND t.relnamespace = 'clone'::regnamespace AND r.indexrelid = t.oid;
END
$$;
SELECT restore('placed');
-- not known: the clone's own
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed');
SELECT restore_tablespaces('placed');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed WHERE id = 17');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT id FROM placed WHERE id < 500');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed WHERE tags @> ARRAY[7]');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed TABLESAMPLE SYSTEM (10)');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed WHERE ctid = ''(3,4)''');
SET enable_seqscan = off;
SET enable_indexscan = off;
DROP INDEX production.placed_id, clone.placed_id;
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed WHERE id BETWEEN 100 AND 900');
RESET enable_seqscan;
RESET enable_indexscan;
SET regress_planner.sizes = off;
SELECT number_of('Total Cost', 'SELECT * FROM clone.placed') > 0 AS planned;
RESET regress_planner.sizes;
SET regress_planner.enabled = off;
SELECT plan_in('clone', 'SELECT * FROM placed') = plan_in('production', 'SELECT * FROM placed') AS alike;
RESET regress_planner.enabled;

-- The other way round: production's is the database's own, the clone is elsewhere.
CALL in_both('CREATE TABLE homely (id int) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX homely_id ON homely (id)');
ALTER TABLE clone.homely SET TABLESPACE regress_planner_slow;
ALTER INDEX clone.homely_id SET TABLESPACE regress_planner_fast;
INSERT INTO production.homely SELECT i FROM generate_series(1, 5000) AS i;
VACUUM ANALYZE production.homely;
SELECT restore('homely');
SELECT restore_tablespaces('homely');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM homely');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM homely WHERE id = 17');

-- Options are read when a query is planned.
ALTER TABLESPACE regress_planner_slow SET (seq_page_cost = 50);
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed');

-- Partitions and inheritance children have their own.
CALL in_both('CREATE TABLE spread (id int) PARTITION BY RANGE (id)');
CALL in_both('CREATE TABLE spread_1 PARTITION OF spread FOR VALUES FROM (0) TO (5000) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE TABLE spread_2 PARTITION OF spread FOR VALUES FROM (5000) TO (9000) WITH (autovacuum_enabled = off)');
ALTER TABLE production.spread_1 SET TABLESPACE regress_planner_slow;
INSERT INTO production.spread SELECT i FROM generate_series(1, 8000) AS i;
VACUUM ANALYZE production.spread;
SELECT restore('spread_1'), restore('spread_2');
SELECT restore_tablespaces('spread_1'), restore_tablespaces('spread_2');
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM spread');

-- One that is not there.
\c -
UPDATE regress_planner.relation SET tablespace = 1 WHERE relid = 'clone.placed'::regclass;
SELECT * FROM compare('regress_planner.tablespaces', 'SELECT * FROM placed');
SELECT restore('homely');
UPDATE regress_planner.index SET tablespace = 0 WHERE indexrelid = 'clone.homely_id'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.homely WHERE id = 17') > 0 AS planned;

DROP TABLE production.placed, clone.placed, production.homely, clone.homely, production.spread, clone.spread;
DROP FUNCTION restore_tablespaces;
DROP TABLESPACE regress_planner_slow;
DROP TABLESPACE regress_planner_fast;
