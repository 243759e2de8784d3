-- Off, or without side data, nothing changes.

CALL in_both('CREATE TABLE quiet (id int PRIMARY KEY, v int, tags int[]) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX quiet_v ON quiet (v)');
CALL in_both('CREATE INDEX quiet_tags ON quiet USING gin (tags)');
CALL in_both('CREATE INDEX quiet_brin ON quiet USING brin (id)');
INSERT INTO production.quiet SELECT i, i, ARRAY[i, i % 10] FROM generate_series(1, 5000) AS i;
VACUUM ANALYZE production.quiet;
INSERT INTO production.quiet SELECT i, i, ARRAY[i, i % 10] FROM generate_series(5001, 6000) AS i;
SELECT restore_statistics('production.quiet', 'clone.quiet');

CREATE TEMP TABLE queries (query text);
INSERT INTO queries VALUES
	('SELECT * FROM quiet WHERE id = 5'),
	('SELECT * FROM quiet WHERE v > 5500'),
	('SELECT * FROM quiet WHERE tags @> ARRAY[5]'),
	('SELECT * FROM quiet WHERE id BETWEEN 10 AND 20'),
	('SELECT * FROM quiet AS a JOIN quiet AS b ON a.v = b.id ORDER BY a.id'),
	('UPDATE quiet SET v = 1 WHERE id < 9'),
	('INSERT INTO quiet VALUES (1)');

-- Before anything is restored, and in production, which has no side data.
CREATE TEMP TABLE plans AS SELECT query, plan_in('clone', query, '(VERBOSE, SETTINGS)') AS clone,
	plan_in('production', query, '(VERBOSE, SETTINGS)') AS production FROM queries;
SET regress_planner.enabled = off;
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query, '(VERBOSE, SETTINGS)') = clone
	AND plan_in('production', query, '(VERBOSE, SETTINGS)') = production) AS unchanged FROM plans;
RESET regress_planner.enabled;

-- Restored: production's.
SELECT restore('quiet');
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query) = plan_in('production', query)) AS as_production FROM plans;
-- off: the clone's own again, although the range ends are wired up by now
SET regress_planner.enabled = off;
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query, '(VERBOSE, SETTINGS)') = clone) AS unchanged FROM plans;
RESET regress_planner.enabled;
-- each technique off
SET regress_planner.sizes = off;
SET regress_planner.tree_height = off;
SET regress_planner.gin = off;
SET regress_planner.brin = off;
SET regress_planner.range_ends = off;
SET regress_planner."order" = off;
SET regress_planner.tablespaces = off;
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query, '(VERBOSE, SETTINGS)') = clone) AS unchanged FROM plans;
RESET regress_planner.sizes;
RESET regress_planner.tree_height;
RESET regress_planner.gin;
RESET regress_planner.brin;
RESET regress_planner.range_ends;
RESET regress_planner."order";
RESET regress_planner.tablespaces;
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query) = plan_in('production', query)) AS as_production FROM plans;
-- gone
DELETE FROM regress_planner.relation;
DELETE FROM regress_planner.index;
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query, '(VERBOSE, SETTINGS)') = clone) AS unchanged FROM plans;

-- A restore that is rolled back was none.
BEGIN;
SELECT restore('quiet');
SELECT plan_in('clone', 'SELECT * FROM quiet') = plan_in('production', 'SELECT * FROM quiet') AS as_production;
ROLLBACK;
SELECT plan_in('clone', 'SELECT * FROM quiet') = plan_in('production', 'SELECT * FROM quiet') AS as_production;

-- The extension gone, the library still there.
SET client_min_messages = warning;
DROP EXTENSION regress_planner CASCADE;
RESET client_min_messages;
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query, '(VERBOSE, SETTINGS)') = clone) AS unchanged FROM plans;
DROP SCHEMA IF EXISTS regress_planner;
CREATE EXTENSION regress_planner;
SELECT restore('quiet');
SELECT count(*), count(*) FILTER (WHERE plan_in('clone', query) = plan_in('production', query)) AS as_production FROM plans;
