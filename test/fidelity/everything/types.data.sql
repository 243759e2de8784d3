-- Of each column a fifth is one value, some are common, some are null, and most are spread.
SELECT setseed(0.15);

INSERT INTO number (i2, i8, r, d, n, money_like, m, f, c, o)
SELECT CASE WHEN g % 5 = 0 THEN 7 WHEN g % 17 <> 0 THEN g % 2000 - 1000 END,
  CASE WHEN g % 5 = 0 THEN -1 ELSE g::bigint * g * 1000003 END,
  CASE g % 11 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN 0.5 ELSE random() * 1e6 END,
  CASE g % 11 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN 0.1 + 0.2 WHEN 3 THEN NULL ELSE exp(random() * 50) END,
  CASE g % 11 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' WHEN 3 THEN 1.50 ELSE (random() * 1e12)::numeric / 7 END,
  CASE WHEN g % 7 = 0 THEN 9.99 WHEN g % 6 <> 0 THEN round((random() * 1e5)::numeric, 2) END,
  CASE WHEN g % 5 = 0 THEN 0.01 ELSE (random() * 1e6)::numeric END::money,
  CASE WHEN g % 13 = 0 THEN NULL ELSE g % 9 <> 0 END, chr(33 + (random() ^ 2 * 90)::int)::"char", (g % 700 + 1)::oid
FROM generate_series(1, 6000) g;

INSERT INTO word (t, v, bp, n, b, x, u, bits, vbits, e, long)
SELECT CASE WHEN g % 5 = 0 THEN 'the common one' WHEN g % 19 <> 0 THEN (ARRAY['ä', 'Z', 'a', '', 'é', '_'])[1 + g % 6] || md5(g::text) END,
  CASE WHEN g % 5 = 0 THEN 'v' ELSE 'variable ' || g % 900 END, CASE WHEN g % 3 = 0 THEN 'pad' ELSE left(md5(g::text), 9) END,
  CASE WHEN g % 4 = 0 THEN 'pg_name' ELSE 'n' || g END, CASE WHEN g % 5 = 0 THEN '\x00'::bytea ELSE decode(md5(g::text), 'hex') END,
  xmlelement(name a, g), CASE WHEN g % 5 = 0 THEN '00000000-0000-0000-0000-000000000001' ELSE md5(g::text)::uuid END,
  (g % 3000)::bit(16), substr((g % 5000)::bit(24)::text, 1, 1 + g % 24)::bit varying(24),
  (CASE WHEN g % 10 < 6 THEN 'ok' WHEN g % 10 < 8 THEN 'happy' WHEN g % 30 = 9 THEN 'ecstatic' WHEN g % 7 <> 0 THEN 'calm' END)::mood,
  CASE WHEN g % 50 = 0 THEN repeat(md5(g::text), 150) ELSE g::text END
FROM generate_series(1, 6000) g;

INSERT INTO moment
SELECT g, CASE g % 13 WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity' WHEN 2 THEN '0044-03-15 BC' WHEN 3 THEN NULL ELSE '2020-01-01'::date + g % 3000 END,
  make_time(g % 24, g % 60, (g % 600) / 10.0), (make_time(g % 24, g % 60, 0)::text || '+0' || g % 9)::timetz,
  CASE g % 9 WHEN 0 THEN 'infinity' WHEN 1 THEN '1999-12-31 23:59:59.999999' ELSE '2021-06-01'::timestamp + g * interval '7 minutes' + random() * interval '1 hour' END,
  CASE WHEN g % 10 = 0 THEN NULL ELSE '2019-03-31 01:30+01'::timestamptz + g * interval '97 minutes' END,
  CASE g % 6 WHEN 0 THEN '1 month' WHEN 1 THEN '-3 days' ELSE make_interval(months => g % 5, secs => g * 3.5) END
FROM generate_series(1, 5000) g;

INSERT INTO address
SELECT g, CASE WHEN g % 6 = 0 THEN '::1' WHEN g % 9 = 0 THEN ('2001:db8::' || to_hex(g % 4000) || '/64') ELSE ('10.' || g % 250 || '.' || g % 7 || '.' || g % 200) END::inet,
  CASE WHEN g % 8 = 0 THEN '192.168.0.0/16' ELSE '10.' || g % 250 || '.' || g % 16 || '.0/24' END::cidr,
  CASE WHEN g % 5 = 0 THEN '08:00:2b:01:02:03' ELSE substr(md5(g::text), 1, 12) END::macaddr,
  CASE WHEN g % 5 = 0 THEN '08:00:2b:01:02:03:04:05' ELSE substr(md5(g::text), 1, 16) END::macaddr8,
  CASE WHEN g % 5 = 0 THEN '0/0' ELSE '0/' || to_hex(g * 1000) END::pg_lsn, (g % 2500)::text::xid8, ('(' || g % 60 || ',' || 1 + g % 90 || ')')::tid
FROM generate_series(1, 5000) g;

INSERT INTO shape
SELECT g, point(x, y), box(point(x, y), point(x + w, y + w)), lseg(point(x, y), point(y, x)), line(point(x, y), point(x + 1, y + w)),
  ('[(' || x || ',' || y || '),(' || w || ',' || w || ')]')::path, polygon(box(point(x, y), point(x + w, y + 2 * w))), circle(point(x, y), w)
FROM (SELECT g, (random() * 1000)::int AS x, (random() ^ 2 * 1000)::int AS y, (1 + random() * 9)::int AS w FROM generate_series(1, 6000) g) s;

INSERT INTO extent
SELECT g, CASE g % 10 WHEN 0 THEN 'empty' WHEN 1 THEN int4range(NULL, g) WHEN 2 THEN int4range(g, NULL) WHEN 3 THEN NULL ELSE int4range(a, a + w) END,
  int8range(a::bigint * 1000000007, (a + w)::bigint * 1000000007), CASE WHEN g % 5 = 0 THEN 'empty' ELSE numrange(a / 3.0, (a + w) / 3.0, '[]') END,
  daterange('2020-01-01'::date + a, '2020-01-01'::date + a + w), tsrange('2020-01-01'::timestamp + a * interval '1 hour', '2020-01-02'::timestamp + (a + w) * interval '1 hour'),
  tstzrange('2020-01-01 00:00+00'::timestamptz + a * interval '1 hour', NULL), float_range(a * 0.1, (a + w) * 0.1),
  CASE g % 8 WHEN 0 THEN '{}' ELSE int4multirange(int4range(a, a + w), int4range(a + 2 * w, a + 3 * w)) END,
  nummultirange(numrange(a, a + w), numrange(a + 200, NULL)), datemultirange(daterange('2020-01-01'::date + a, '2020-01-01'::date + a + w))
FROM (SELECT g, (random() ^ 2 * 5000)::int AS a, 1 + (random() * 90)::int AS w FROM generate_series(1, 5000) g) s;

INSERT INTO list
SELECT g, CASE WHEN g % 20 = 0 THEN NULL ELSE ARRAY(SELECT (random() ^ 2 * 300)::int FROM generate_series(1, g % 6)) END,
  ARRAY(SELECT 'tag ' || (random() ^ 2 * 200)::int FROM generate_series(1, 1 + g % 4)) || NULL::text, ARRAY[md5((g % 100)::text)::uuid],
  CASE WHEN g % 3 = 0 THEN ARRAY['ok', 'happy']::mood[] WHEN g % 3 = 1 THEN ARRAY['sad']::mood[] ELSE ARRAY['calm', NULL]::mood[] END,
  ARRAY[g % 40, g % 7]::share[], ARRAY[g % 30 / 7.0, 'NaN'], ARRAY[int4range(g % 50, g % 50 + 5)],
  ARRAY[ROW(g % 20, 'p"' || g % 3)::pair, NULL], ARRAY[ARRAY[g % 9, 1], ARRAY[2, g % 4]], '{}'
FROM generate_series(1, 5000) g;

INSERT INTO document
SELECT g, json_build_object('k', g % 10), CASE g % 7 WHEN 0 THEN 'null' WHEN 1 THEN '[]' ELSE jsonb_build_object('k', 'v' || g % 40, 'n', g % 500, 'tags', jsonb_build_array(g % 3, 'ü' || g % 11)) END,
  ('$.k' || g % 20)::jsonpath, to_tsvector('simple', words), ('w' || g % 50 || ' & !w' || g % 7)::tsquery
FROM (SELECT g, (SELECT string_agg('w' || (random() ^ 3 * 800)::int, ' ') FROM generate_series(1, 8 + g % 5)) AS words FROM generate_series(1, 4000) g) s;

INSERT INTO composed
SELECT g, CASE WHEN g % 4 = 0 THEN ROW(1, 'one')::pair ELSE ROW(g % 900, 'x,"' || g % 20)::pair END, CASE WHEN g % 5 = 0 THEN 100 ELSE g % 4000 / 7.0 END, g % 333 / 3.0,
  (ARRAY['sad', 'ok', 'ok', 'happy'])[1 + g % 4]::mood_of_day, ARRAY[g % 50, g % 3]::few, ARRAY[(ARRAY['sad', 'ok', 'happy'])[1 + g % 3]]::moods,
  ROW(g % 700, NULL)::couple, int4range(g % 800, g % 800 + 10)::span, 'short ' || g % 450
FROM generate_series(1, 5000) g;

INSERT INTO name_of
SELECT g, (ARRAY['pg_catalog.pg_class', 'pg_catalog.pg_proc', 'pg_catalog.pg_type', 'pg_catalog.pg_depend'])[1 + g % 4]::regclass,
  (SELECT p.oid FROM pg_proc p WHERE p.oid BETWEEN 1240 AND 1240 + g % 200 ORDER BY p.oid DESC LIMIT 1)::regproc,
  (SELECT p.oid FROM pg_proc p WHERE p.oid BETWEEN 2100 AND 2130 + g % 100 ORDER BY p.oid DESC LIMIT 1)::regprocedure,
  (ARRAY['int', 'text', 'numeric', 'anyarray', 'int[]', 'timestamptz'])[1 + g % 6]::regtype,
  (SELECT o.oid FROM pg_operator o WHERE o.oid BETWEEN 90 AND 90 + g % 500 ORDER BY o.oid DESC LIMIT 1)::regoper,
  (SELECT o.oid FROM pg_operator o WHERE o.oid BETWEEN 90 AND 90 + g % 500 ORDER BY o.oid DESC LIMIT 1)::regoperator,
  (ARRAY['pg_catalog', 'pg_toast'])[1 + g % 2]::regnamespace,
  (ARRAY['pg_read_all_data', 'pg_monitor', 'pg_signal_backend'])[1 + g % 3]::regrole, (ARRAY['"C"', '"POSIX"', '"default"'])[1 + g % 3]::regcollation,
  makeaclitem('pg_monitor'::regrole, 'pg_read_all_data'::regrole, (ARRAY['SELECT', 'INSERT', 'UPDATE'])[1 + g % 3], g % 2 = 0)
FROM generate_series(1, 3000) g;
