SELECT setseed(0.35);
INSERT INTO thing
SELECT g, CASE WHEN g % 8 <> 0 THEN (random() ^ 2 * 3000)::int END, g % 500, 'thing ' || (random() ^ 2 * 5000)::int, '2020-01-01'::date + (g / 20),
  CASE WHEN g % 10 <> 0 THEN round((random() * 10000)::numeric, 2) END, chr(65 + g % 26) || md5((g % 2000)::text), '2023-01-01 00:00+00'::timestamptz + g * interval '11 minutes',
  ARRAY[(random() ^ 2 * 100)::int, g % 9], jsonb_build_object('k', 'v' || g % 60, 'n', g % 1000), to_tsvector('simple', 'w' || g % 300 || ' x' || g % 11),
  int4range(g % 5000, g % 5000 + 1 + g % 20), g % 6 = 0
FROM generate_series(1, 20000) g;
INSERT INTO twin SELECT g % 20, g % 20 + g % 3, g % 20 + g % 2 FROM generate_series(1, 15000) g;
INSERT INTO parent_of_thing SELECT g, 1 + (random() ^ 3 * 19999)::int, 'note ' || g FROM generate_series(1, 12000) g;
