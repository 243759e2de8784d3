-- PUBLIC has no rights, and yet everybody's plans are production's.

CALL in_both('CREATE TABLE plain (id int PRIMARY KEY, tags int[]) WITH (autovacuum_enabled = off)');
CALL in_both('CREATE INDEX plain_tags ON plain USING gin (tags)');
INSERT INTO production.plain SELECT i, ARRAY[i, i % 10] FROM generate_series(1, 5000) AS i;
ANALYZE production.plain;
INSERT INTO production.plain SELECT i, ARRAY[i, i % 10] FROM generate_series(5001, 6000) AS i;
SELECT restore('plain');

SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_planner_reader;
RESET client_min_messages;
CREATE ROLE regress_planner_reader;
GRANT USAGE ON SCHEMA production, clone TO regress_planner_reader;
GRANT SELECT ON production.plain, clone.plain TO regress_planner_reader;

SELECT relname FROM pg_class WHERE relnamespace = 'regress_planner'::regnamespace AND relkind = 'r'
	AND has_table_privilege('regress_planner_reader', oid, 'SELECT, INSERT, UPDATE, DELETE') ORDER BY 1;
SELECT proname FROM pg_proc WHERE pronamespace = 'regress_planner'::regnamespace
	AND has_function_privilege('regress_planner_reader', oid, 'EXECUTE') ORDER BY 1;
SET ROLE regress_planner_reader;
SELECT count(*) FROM regress_planner.index;
SELECT regress_planner.build_mcv_list(0, '{}', '{}', '{}', '{}');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM plain WHERE id > 5500');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM plain WHERE tags @> ARRAY[7]');
-- a shadow is made and dropped by whoever may, and nothing else is
SELECT regress_planner.make_gin_shadow('made');
RESET ROLE;
GRANT USAGE ON SCHEMA regress_planner TO regress_planner_reader;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA regress_planner TO regress_planner_reader;
SET ROLE regress_planner_reader;
SELECT regress_planner.make_gin_shadow('made');
SELECT regress_planner.set_gin_metapage('regress_planner.made', 1, 2, 3, 4, 5);
SELECT regress_planner.drop_gin_shadow('made');
SELECT regress_planner.drop_gin_shadow('made');
SELECT regress_planner.drop_gin_shadow('index_pkey');
RESET ROLE;
REVOKE ALL ON SCHEMA regress_planner FROM regress_planner_reader;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA regress_planner FROM regress_planner_reader;
SET ROLE regress_planner_reader;
SHOW regress_planner.version;
SET regress_planner.version = '9';
SET regress_planner.unknown = 'on';
RESET ROLE;

-- A table of the right shape in the wrong hands.
ALTER TABLE regress_planner.relation OWNER TO regress_planner_reader;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM plain');
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM plain');
ALTER TABLE regress_planner.relation OWNER TO CURRENT_USER;
SELECT * FROM compare('regress_planner.enabled', 'SELECT * FROM plain');

REVOKE ALL ON SCHEMA production, clone FROM regress_planner_reader;
REVOKE ALL ON production.plain, clone.plain FROM regress_planner_reader;
DROP ROLE regress_planner_reader;
