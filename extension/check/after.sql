-- Plans that interrupted.sql compares between two sessions.
\pset tuples_only on
\pset format unaligned
SELECT setseed(0.5) \g /dev/null
\o :after
SELECT public.statement() FROM generate_series(1, 200)
\gexec
\o
