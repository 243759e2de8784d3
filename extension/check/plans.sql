-- One session of plans, with side data that are right, wrong and right again.
-- Set: seed, plans.
\set ON_ERROR_STOP on
SELECT setseed(:seed / 1000000.0) \g /dev/null
SELECT restore_all() \g /dev/null
\pset tuples_only on
\pset format unaligned
SELECT s.line FROM generate_series(1, :plans) AS i,
	LATERAL (VALUES
		(CASE WHEN i % 11 = 0 THEN public.wrong() END),
		(CASE WHEN i % 7 = 0 THEN public.setting() END),
		(CASE WHEN i % 97 = 0 THEN public.refused_setting() END),
		(CASE WHEN i > 0 THEN public.statement() END)) AS s (line)
	WHERE s.line IS NOT NULL
\gexec
