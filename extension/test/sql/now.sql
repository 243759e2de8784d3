-- A fixed time.

SET timezone = 'UTC';
CREATE TABLE dated (day date, moment timestamptz);
INSERT INTO dated SELECT d, d FROM generate_series('2024-01-01'::date, '2024-12-31', '1 day') AS d;
ANALYZE dated;
PREPARE later AS SELECT * FROM dated WHERE moment > now();

BEGIN;
SET LOCAL regress_planner.now = '2024-07-01 12:00:00+00';
SELECT now(), current_date, current_timestamp, localtimestamp, statement_timestamp(), 'now'::timestamptz, 'yesterday'::date;
-- and in estimates
SELECT number_of('Plan Rows', 'SELECT * FROM dated WHERE moment > now()') BETWEEN 150 AND 210 AS half,
	number_of('Plan Rows', 'SELECT * FROM dated WHERE moment > statement_timestamp() + interval ''150 days''') BETWEEN 20 AND 50 AS rest,
	number_of('Plan Rows', 'SELECT * FROM dated WHERE day > current_date') BETWEEN 150 AND 210 AS half_of_days;
EXPLAIN (COSTS OFF) SELECT * FROM dated WHERE moment > 'now'::timestamptz;
SELECT count(*) FROM dated WHERE moment > now();
EXECUTE later \g /dev/null
-- a subtransaction's setting ends with it
SAVEPOINT s;
SET LOCAL regress_planner.now = '2020-01-01 00:00:00+00';
SELECT now();
ROLLBACK TO s;
SELECT now();
-- off again: the transaction has its own time back
SET LOCAL regress_planner.now = '';
SELECT now() > '2025-01-01' AS real, statement_timestamp() > '2025-01-01' AS real;
COMMIT;
SELECT now() > '2025-01-01' AS real, statement_timestamp() > '2025-01-01' AS real, 'now'::timestamptz > '2025-01-01' AS real;

-- Nothing is left after the end of a transaction, also within one message.
BEGIN\; SET LOCAL regress_planner.now = '2024-07-01 12:00:00+00'\; SELECT now()\; COMMIT\; SELECT now() > '2025-01-01' AS real, statement_timestamp() > '2025-01-01' AS real;
BEGIN;
SET LOCAL regress_planner.now = '2024-07-01 12:00:00+00';
SELECT 1 / 0;
ROLLBACK;
SELECT now() > '2025-01-01' AS real;

-- Set for the session it holds for each statement that is planned.
SET regress_planner.now = '2024-07-01 12:00:00+00';
SELECT now(), statement_timestamp();
SELECT now(), statement_timestamp();
RESET regress_planner.now;
SELECT now() > '2025-01-01' AS real;
SELECT set_config('regress_planner.now', '2024-07-01', false);
SELECT now();
SET regress_planner.now = '';

-- Parallel workers have the leader's time.
BEGIN;
SET LOCAL regress_planner.now = '2024-07-01 12:00:00+00';
SET LOCAL parallel_setup_cost = 0;
SET LOCAL parallel_tuple_cost = 0;
SET LOCAL min_parallel_table_scan_size = 0;
SELECT count(*) FROM dated WHERE moment > now();
-- also where a worker gets what is needed to read it only later; sanitizers see one that reads it
SET LOCAL timezone_abbreviations = 'Australia';
SET LOCAL regress_planner.now = '2024-07-01 21:30:00 SAT';
SELECT count(*) FROM dated WHERE moment > now();
COMMIT;

-- Values that are no absolute time.
SET regress_planner.now = 'now';
SET regress_planner.now = 'yesterday 10:00';
SET regress_planner.now = 'infinity';
SET regress_planner.now = 'epoch';
SET regress_planner.now = '12:00';
SET regress_planner.now = '2024-13-01';
SET regress_planner.now = '2024-01-01 00:00 Nowhere/Atall';
SET regress_planner.now = 'soon';
SET regress_planner.now = '9999999-01-01';
SHOW regress_planner.now;

-- Set in the database it is there from the first statement.
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET regress_planner.now = ''2024-07-01 12:00:00+00''', current_database()); END $$;
\c -
SET timezone = 'UTC';
SELECT now();
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET regress_planner.now', current_database()); END $$;
DROP TABLE dated;
