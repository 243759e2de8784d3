SELECT setseed(0.25);
-- A valid ISBN: the check digit makes the weighted sum of the thirteen digits a multiple of ten.
CREATE FUNCTION pg_temp.isbn_of(n int) RETURNS isbn LANGUAGE sql AS $$
  SELECT (d || (10 - sum(substr(d, i, 1)::int * (1 + 2 * ((i + 1) % 2))) % 10) % 10)::isbn
  FROM (SELECT '978' || lpad(n::text, 9, '0') AS d) s, generate_series(1, 12) i GROUP BY d $$;
INSERT INTO contrib
SELECT g, CASE WHEN g % 5 = 0 THEN 'Common' ELSE (ARRAY['A', 'b', 'C', 'ä'])[1 + g % 4] || md5((g % 3000)::text) END,
  ('k' || g % 30 || '=>v' || g % 9 || ', fixed=>"' || g % 4 || '"')::"My Ext".hstore, ('top.n' || g % 9 || '.m' || g % 70 || '.l' || g)::ltree,
  cube(ARRAY[(g % 100)::float8, (g % 37)::float8], ARRAY[g % 100 + 1.0, g % 37 + 2.0]), ((g % 500) || '..' || (g % 500) + g % 7)::seg,
  pg_temp.isbn_of(g % 900), pg_temp.isbn_of(g % 4000)::ean13, ARRAY['X' || g % 10, 'y']::"My Ext".citext[], ARRAY[('a.b' || g % 6)::ltree], 'name of ' || md5((g % 4000)::text),
  ARRAY[g % 60, g % 7, 3], g % 25, point(g % 180 - 90, g % 360 - 180)
FROM generate_series(1, 6000) g;
