-- MCV lists of statistics objects, built from text.

CREATE TYPE color AS ENUM ('red', 'green', 'blue');
CREATE TABLE varied (i int, t text, c color, d date, n numeric, b bool) WITH (autovacuum_enabled = off);
CREATE STATISTICS varied_all (mcv) ON t, i, c, d, n, b FROM varied;
CREATE STATISTICS varied_expressions (mcv) ON i, (i % 3), lower(t) FROM varied;
CREATE STATISTICS varied_other (ndistinct) ON i, t FROM varied;
INSERT INTO varied SELECT i % 5, CASE WHEN i % 7 > 0 THEN 'Text "' || i % 4 || E'"\\,{}' END,
	(ARRAY['red', 'green', 'blue', NULL])[1 + i % 4]::color, '2024-01-01'::date + i % 2, i % 3 / 3.0, i % 6 = 0
	FROM generate_series(1, 2000) AS i;
ANALYZE varied;

-- Rebuilds the list of a statistics object from its items.
CREATE FUNCTION rebuild(object text) RETURNS bytea LANGUAGE sql AS $$
	SELECT regress_planner.build_mcv_list(s.oid,
		(SELECT array_agg(v ORDER BY index, position) FROM pg_mcv_list_items(stxdmcv),
			unnest("values") WITH ORDINALITY AS u (v, position)),
		(SELECT array_agg(v ORDER BY index, position) FROM pg_mcv_list_items(stxdmcv),
			unnest(nulls) WITH ORDINALITY AS u (v, position)),
		(SELECT array_agg(frequency ORDER BY index) FROM pg_mcv_list_items(stxdmcv)),
		(SELECT array_agg(base_frequency ORDER BY index) FROM pg_mcv_list_items(stxdmcv)))::bytea
	FROM pg_statistic_ext AS s JOIN pg_statistic_ext_data ON stxoid = s.oid WHERE stxname = object
$$;
SELECT stxname, rebuild(stxname) = stxdmcv::bytea AS same_bytes, (SELECT count(*) > 5 FROM pg_mcv_list_items(stxdmcv)) AS items
	FROM pg_statistic_ext AS s JOIN pg_statistic_ext_data ON stxoid = s.oid WHERE stxname LIKE 'varied%' AND stxdmcv IS NOT NULL
	ORDER BY 1;

-- One item, read back.
SELECT index, "values", nulls, frequency, base_frequency FROM pg_mcv_list_items(regress_planner.build_mcv_list(
	(SELECT oid FROM pg_statistic_ext WHERE stxname = 'varied_expressions'),
	'{7,1,abc,8,NULL,abc}', '{f,f,f,f,t,f}', '{0.25,0.125}', '{0.5,0.1}'));

-- Arguments that do not fit.
CREATE FUNCTION build(object text, vals text[], nulls bool[], frequencies float8[], base_frequencies float8[]) RETURNS text
LANGUAGE sql AS $$
	SELECT regress_planner.build_mcv_list(
		coalesce((SELECT oid FROM pg_statistic_ext WHERE stxname = object), 0), vals, nulls, frequencies, base_frequencies)::text
$$;
SELECT build('nothing', '{1,1,a}', '{f,f,f}', '{0.5}', '{0.5}');
SELECT build('varied_other', '{1,1,a}', '{f,f,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', '{1,1}', '{f,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', '{1,1,a}', '{f,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', '{1,1,a}', '{f,f,f}', '{0.5}', '{0.5,0.1}');
SELECT build('varied_expressions', '{1,1,a}', '{f,f,f}', '{0.5,0.1}', '{0.5,0.1}');
SELECT build('varied_expressions', '{}', '{}', '{}', '{}');
SELECT build('varied_expressions', '{1,NULL,a}', '{f,f,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', '{1,1,a}', '{f,NULL,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', '{1,1,a}', '{f,f,f}', '{NULL}', '{0.5}');
SELECT build('varied_expressions', '{1,1,a}', '{f,f,f}', '{NaN}', '{0.5}');
SELECT build('varied_expressions', '{1,1,a}', '{f,f,f}', '{0.5}', '{1.5}');
SELECT build('varied_expressions', '{{1,1,a}}', '{f,f,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', '{one,1,a}', '{f,f,f}', '{0.5}', '{0.5}');
SELECT build('varied_expressions', array_fill('1'::text, ARRAY[30003]), array_fill(false, ARRAY[30003]),
	array_fill(0::float8, ARRAY[10001]), array_fill(0::float8, ARRAY[10001]));
SELECT build('varied_expressions', NULL, '{f,f,f}', '{0.5}', '{0.5}');
DROP TABLE varied;
DROP TYPE color;
