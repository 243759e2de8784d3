-- Statistics are taken, then the tables move away from them, as production's do.
DELETE FROM emptied;
VACUUM (ANALYZE);

INSERT INTO moving SELECT g, g % 1000, md5(g::text) FROM generate_series(20001, 26000) g;
DELETE FROM moving WHERE id < 1000;
INSERT INTO never_analyzed SELECT g, g % 50, md5(g::text) FROM generate_series(1, 15000) g;
INSERT INTO emptied SELECT g, g FROM generate_series(1, 3000) g;
INSERT INTO member
SELECT g, 'user' || g || '@new.io', 'Name ' || g, 'US', 'US-city1', 'new', '2028-11-01'::timestamptz + g * interval '1 second', 20000 + g % 10,
  '{"plan": "free", "n": 1}', ARRAY['tagnew', 'tag5'], '2015-01-01', 1, 'ffffffff-ffff-ffff-ffff-ffffffffffff', true, 5, '255.0.0.1'
FROM generate_series(40001, 40400) g;
INSERT INTO purchase SELECT g, 1 + g % 1000, '2026-07-01', 1, 'pending', 1, '', '2027-01-01', 'R1', 'R1-D1' FROM generate_series(180001, 182000) g;
DELETE FROM purchase WHERE amount > 2979;
INSERT INTO reading SELECT 500000 + g, '2025-03-01', 6000, 'rain', 1 FROM generate_series(1, 300) g;
INSERT INTO tie SELECT 25, 1, 1, g FROM generate_series(1, 50) g;
