SET search_path = public, gis;
SELECT setseed(0.55);
INSERT INTO spot
SELECT g, ST_SetSRID(ST_Point(x, y), 4326), CASE WHEN g % 9 = 0 THEN NULL WHEN g % 10 = 0 THEN ST_GeomFromText('POLYGON EMPTY') ELSE ST_Buffer(ST_Point(x, y), 0.5 + g % 3, 2) END,
  ST_MakePoint(x, y, g % 50), ST_SetSRID(ST_Point(x, y), 4326)::geography, '2024-01-01 00:00+00'::timestamptz + g * interval '1 minute', g % 8, Box2D(ST_MakeEnvelope(x, y, x + 1, y + 1))
FROM (SELECT g, (random() ^ 2 * 340 - 170) AS x, (random() * 160 - 80) AS y FROM generate_series(1, 5000) g) s;
RESET search_path;
