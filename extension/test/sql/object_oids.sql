-- Conditions on OIDs of objects in queries on the system catalogs: a table that
-- production has under another OID.
CREATE TABLE thirty AS SELECT 1 AS c1, 1 AS c2, 1 AS c3, 1 AS c4, 1 AS c5, 1 AS c6, 1 AS c7, 1 AS c8, 1 AS c9, 1 AS c10,
	1 AS c11, 1 AS c12, 1 AS c13, 1 AS c14, 1 AS c15, 1 AS c16, 1 AS c17, 1 AS c18, 1 AS c19, 1 AS c20,
	1 AS c21, 1 AS c22, 1 AS c23, 1 AS c24, 1 AS c25, 1 AS c26, 1 AS c27, 1 AS c28, 1 AS c29, 1 AS c30;
CREATE TABLE one AS SELECT 1 AS c1;
ANALYZE pg_attribute;
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = ''thirty''::regclass') AS thirty,
	number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = ''one''::regclass') < 15 AS few;

-- Nothing changes before the catalog is known.
INSERT INTO regress_planner.object VALUES ('one'::regclass, 'thirty'::regclass);
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = ''one''::regclass') < 15 AS few;
INSERT INTO regress_planner.relation
SELECT c.oid, pg_relation_size(c.oid) / current_setting('block_size')::int, c.relpages, c.reltuples, c.relallvisible, false
FROM pg_class c WHERE c.oid = 'pg_attribute'::regclass;
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = ''one''::regclass') AS thirty;
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = to_regclass(''one'')') AS thirty;
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid IN (''one''::regclass, 5)') > 30 AS more;
-- and an object that production does not have is not taken for one it has
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = ''thirty''::regclass') < 15 AS few;
-- nor for "no such object", which most columns of a catalog's rows are
ANALYZE pg_class;
INSERT INTO regress_planner.relation
SELECT c.oid, pg_relation_size(c.oid) / current_setting('block_size')::int, c.relpages, c.reltuples, c.relallvisible, false
FROM pg_class c WHERE c.oid = 'pg_class'::regclass;
SELECT number_of('Plan Rows', 'SELECT FROM pg_class WHERE reltoastrelid = 0') > 200 AS most,
	number_of('Plan Rows', 'SELECT FROM pg_class WHERE reltoastrelid = ''thirty''::regclass') < 15 AS few;
DELETE FROM regress_planner.relation WHERE relid = 'pg_class'::regclass;
-- through a join
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.oid = ''one''::regclass') AS thirty;
-- Rows are those there are.
SELECT count(*) FROM pg_attribute WHERE attrelid = 'one'::regclass AND attnum > 0;
-- The switch.
SET regress_planner.enabled = off;
SELECT number_of('Plan Rows', 'SELECT FROM pg_attribute WHERE attrelid = ''thirty''::regclass') AS thirty;
RESET regress_planner.enabled;
DELETE FROM regress_planner.object;
DELETE FROM regress_planner.relation WHERE relid = 'pg_attribute'::regclass;
DROP TABLE thirty, one;
