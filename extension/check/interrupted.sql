-- One session whose planning is interrupted again and again, by a time limit of
-- its own and by others' cancels.  Then what it plans: :after has to be what a
-- new session plans.
-- Set: seed, plans, most (milliseconds), after.
SET geqo = off;
SET join_collapse_limit = 20;
SET from_collapse_limit = 20;
SELECT setseed(:seed / 1000000.0) \g /dev/null
\pset tuples_only on
\pset format unaligned
SELECT s.line FROM generate_series(1, :plans) AS i,
	LATERAL (VALUES
		-- from now on others cancel
		(CASE WHEN i = 1 THEN 'SET application_name = interrupted' END),
		('SET statement_timeout = ' || 1 + public.below(:most)),
		('EXPLAIN SELECT count(*) FROM items AS a JOIN items AS b ON b.id = a.id JOIN items AS c ON c.label = a.label JOIN items AS d ON d.code = b.code JOIN items AS e ON e.at = a.at JOIN lines AS f ON f.item_id = a.id JOIN lines AS g ON g.item_id = b.id JOIN totals AS h ON h.item_id = c.id JOIN parted AS j ON j.id = d.id WHERE '
			|| public.condition('a') || ' AND ' || public.condition('b') || ' AND ' || public.condition('c') || ' AND e.tags @> ARRAY[3] AND f.price > ' || i)) AS s (line)
	WHERE s.line IS NOT NULL
\gexec
-- The limit, or a last cancel, can stop these as well.
RESET statement_timeout;
RESET statement_timeout;
SET application_name = 'judged';
SELECT pg_sleep(0.2) \g /dev/null
SET application_name = 'judged';
\set ON_ERROR_STOP on
\i after.sql
