-- Side data that cannot be true is named once and not used; planning goes on
-- with the server's own numbers.

CALL in_both('CREATE TABLE broken (id int, tags int[]) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX broken_id ON broken (id)');
CALL in_both('CREATE INDEX broken_tags ON broken USING gin (tags)');
INSERT INTO production.broken SELECT i, ARRAY[i, i % 10] FROM generate_series(1, 5000) AS i;
VACUUM ANALYZE production.broken;
SELECT restore('broken');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken WHERE id = 5');

-- Plans the query with a changed row, in a session's state of its own, and says
-- whether the plan is the server's own.
CREATE PROCEDURE try(change text, query text DEFAULT 'SELECT * FROM clone.broken') LANGUAGE plpgsql AS $$
DECLARE
	own text;
	got text;
BEGIN
	PERFORM restore('broken');
	EXECUTE change;
	SET LOCAL regress_planner.enabled = off;
	own := plan_in('clone', query);
	SET LOCAL regress_planner.enabled = on;
	got := plan_in('clone', query);
	RAISE NOTICE '%: %', change, CASE WHEN got = own THEN 'own plan' ELSE 'overridden' END;
END
$$;
CALL try('UPDATE regress_planner.relation SET pages = pages');
-- each in a new session, because a relation is named once in each
\c -
CALL try('UPDATE regress_planner.relation SET pages = -1');
CALL try('UPDATE regress_planner.relation SET pages = -1');
\c -
CALL try('UPDATE regress_planner.relation SET pages = 4294967295');
\c -
CALL try('UPDATE regress_planner.relation SET relpages = -1');
\c -
CALL try('UPDATE regress_planner.relation SET relallvisible = 9000000000');
\c -
CALL try('UPDATE regress_planner.relation SET reltuples = ''NaN''');
\c -
CALL try('UPDATE regress_planner.relation SET reltuples = ''Infinity''');
\c -
CALL try('UPDATE regress_planner.relation SET reltuples = -2');
\c -
CALL try('UPDATE regress_planner.relation SET reltuples = 1e39 WHERE relid = ''clone.broken''::regclass');

-- An index: the table's numbers are used, the index's are not.
\c -
SET enable_bitmapscan = off;
SELECT restore('broken');
UPDATE regress_planner.index SET pages = 1000000 WHERE indexrelid = 'clone.broken_id'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE id < 4000') < 1000 AS plausible;
UPDATE regress_planner.index SET pages = -1 WHERE indexrelid = 'clone.broken_id'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE id < 4000') < 1000 AS plausible;
\c -
SELECT restore('broken');
UPDATE regress_planner.index SET tree_height = 33 WHERE indexrelid = 'clone.broken_id'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE id = 4') < 100 AS plausible;
\c -
SELECT restore('broken');
UPDATE regress_planner.index SET tree_height = -1 WHERE indexrelid = 'clone.broken_id'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE id = 4') < 100 AS plausible;

-- A shadow that is none.
\c -
SELECT restore('broken');
UPDATE regress_planner.index SET gin_shadow = 'clone.broken_tags'::regclass WHERE indexrelid = 'clone.broken_tags'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE tags @> ARRAY[5]') < 1000 AS planned;
\c -
UPDATE regress_planner.index SET gin_shadow = 'clone.broken'::regclass WHERE indexrelid = 'clone.broken_tags'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE tags @> ARRAY[5]') < 1000 AS planned;
\c -
-- a dropped one
UPDATE regress_planner.index SET gin_shadow = 1 WHERE indexrelid = 'clone.broken_tags'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE tags @> ARRAY[5]') < 1000 AS planned;
\c -
-- one whose CREATE INDEX CONCURRENTLY failed
CREATE FUNCTION refuse(int[]) RETURNS int[] IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''refused''; END';
INSERT INTO regress_planner.gin_shadow VALUES ('{1}');
CREATE INDEX CONCURRENTLY unfinished ON regress_planner.gin_shadow USING gin (refuse(keys));
UPDATE regress_planner.index SET gin_shadow = 'regress_planner.unfinished'::regclass WHERE indexrelid = 'clone.broken_tags'::regclass;
SELECT number_of('Total Cost', 'SELECT * FROM clone.broken WHERE tags @> ARRAY[5]') < 1000 AS planned;
DROP INDEX regress_planner.unfinished;
TRUNCATE regress_planner.gin_shadow;

-- Tables that are not as the extension made them.
SELECT restore('broken');
\c -
BEGIN;
ALTER TABLE regress_planner.relation ADD COLUMN more int;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
ROLLBACK;
\c -
BEGIN;
ALTER TABLE regress_planner.relation ALTER reltuples TYPE real;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
ROLLBACK;
\c -
BEGIN;
ALTER TABLE regress_planner.index DROP CONSTRAINT index_pkey;
SELECT * FROM compare('regress_planner.tree_height', 'SELECT * FROM broken WHERE id = 5');
ROLLBACK;
\c -
BEGIN;
ALTER TABLE regress_planner.relation ALTER pages DROP NOT NULL;
UPDATE regress_planner.relation SET pages = NULL WHERE relid = 'clone.broken'::regclass;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
ROLLBACK;
\c -
BEGIN;
ALTER TABLE regress_planner.relation RENAME TO was_relation;
CREATE VIEW regress_planner.relation AS SELECT * FROM regress_planner.was_relation;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
ROLLBACK;
\c -
BEGIN;
ALTER TABLE regress_planner.relation RENAME TO was_relation;
CREATE TYPE regress_planner.relation AS (relid oid);
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
ROLLBACK;
-- a missing one says nothing
BEGIN;
ALTER TABLE regress_planner.relation RENAME TO was_relation;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');
ROLLBACK;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken');

-- The side tables' own indexes can be rebuilt.
REINDEX TABLE regress_planner.index;
REINDEX TABLE regress_planner.relation;
VACUUM FULL regress_planner.index;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM broken WHERE id = 5');
