SELECT setseed(0.45);
INSERT INTO sale
SELECT g, '2022-11-01'::date + (g % 1200), CASE WHEN g % 40 <> 0 THEN (ARRAY['north', 'south', 'south', 'east', 'west'])[1 + g % 5] END, (exp(random() * 7))::numeric(10, 2),
  (ARRAY['sad', 'ok', 'ok', 'happy'])[1 + g % 4]::mood
FROM generate_series(1, 24000) g WHERE '2022-11-01'::date + (g % 1200) < '2026-01-01';
INSERT INTO by_hash SELECT g, 'code ' || g % 300, g % 17 FROM generate_series(1, 6000) g;
INSERT INTO by_hash_too SELECT 'code ' || g % 300, g FROM generate_series(1, 2000) g;
INSERT INTO vehicle SELECT g, g % 5, 'v' || g % 9 FROM generate_series(1, 1000) g;
INSERT INTO vehicle_boat SELECT g, 0, 'boat ' || g % 3, g FROM generate_series(1001, 3000) g;
INSERT INTO vehicle_car SELECT g, 4, 'car ' || g % 90, g % 6 FROM generate_series(3001, 9000) g;
INSERT INTO vehicle_car_electric SELECT g, 3 + g % 2, 'e' || g % 90, g % 6, g % 700 FROM generate_series(9001, 12000) g;
INSERT INTO childless SELECT g, g FROM generate_series(1, 100) g;
INSERT INTO kept_stats
SELECT g, (random() ^ 2 * 2000)::int, g % 3000, g % 40, 'coarse ' || g % 250, 'fine ' || (random() ^ 2 * 4000)::int, g % 12 FROM generate_series(1, 12000) g;
REFRESH MATERIALIZED VIEW total;
INSERT INTO unlogged SELECT g, g % 77, 'words ' || g % 500 FROM generate_series(1, 5000) g;
INSERT INTO truncated SELECT g, g FROM generate_series(1, 3000) g;
INSERT INTO truncated_filled SELECT g, g FROM generate_series(1, 3000) g;
INSERT INTO emptied SELECT g, g FROM generate_series(1, 3000) g;
INSERT INTO all_null SELECT g FROM generate_series(1, 4000) g;
INSERT INTO one_value SELECT g, 5, 'same' FROM generate_series(1, 4000) g;
INSERT INTO no_columns SELECT FROM generate_series(1, 500);
INSERT INTO toasted
SELECT g, CASE WHEN g % 10 = 0 THEN (SELECT string_agg(md5((g * i)::text), '') FROM generate_series(1, 200) i) ELSE 'short ' || g END, jsonb_build_object('k', g, 'v', repeat('x', g % 5000))
FROM generate_series(1, 2000) g;
INSERT INTO huge SELECT chr(65 + g % 20)::"char" FROM generate_series(1, 40000) g;
INSERT INTO shuffled SELECT g % 50, g, 'm' || g % 50, g % 5 FROM generate_series(1, 5000) g;
INSERT INTO tenant_1.account SELECT g, 'name ' || g % 100, g % 100 FROM generate_series(1, 3000) g;
INSERT INTO "Tenant Two".account SELECT g, 'other ' || g % 7, g % 900 FROM generate_series(1, 9000) g;
INSERT INTO "Größe ""x"" $1" SELECT 'Straße ' || g % 70, g, '語' || g % 33, g % 70 FROM generate_series(1, 4000) g;
INSERT INTO collated
SELECT g, t, t, t, t FROM (SELECT g, (ARRAY['a', 'B', 'ä', 'Z', '_', 'é', '1', 'ß', 'ñ'])[1 + g % 9] || (g * 7919 % 4000) || (ARRAY['', '-x', ' y', 'É'])[1 + g % 4] AS t FROM generate_series(1, 5000) g) s;
