-- Statistics are taken, then the tables move away from them, beyond both ends of what they know.
TRUNCATE truncated;
TRUNCATE truncated_filled;
DELETE FROM emptied;
DO $$ BEGIN
  EXECUTE format('ALTER SERVER far OPTIONS (SET dbname %L, ADD host %L)', current_database(), current_setting('unix_socket_directories'));
END $$;
VACUUM (ANALYZE);
ANALYZE passwd;
ANALYZE far_away;
-- VACUUM has emptied the pending lists; this fills them again.
INSERT INTO thing
SELECT g, 90000 + g % 7, -5, 'zzz ' || g, '2031-01-01', 99999 + g, 'Zz' || g, '2099-01-01 00:00+00', ARRAY[7000 + g % 3], '{"k": "new", "n": 70000}', 'zz1', int4range(90000, 90010 + g % 4), true
FROM generate_series(20001, 20600) g;
INSERT INTO thing SELECT -g, -70, 900, ' ', '1999-01-01', -4, ' ', '1970-01-01 00:00+00', '{-1}', '[]', '', 'empty', false FROM generate_series(1, 40) g;
DELETE FROM thing WHERE id BETWEEN 500 AND 1500 AND NOT EXISTS (SELECT FROM parent_of_thing p WHERE p.thing_id = thing.id);
UPDATE thing SET b = b + 1 WHERE id % 11 = 0;
INSERT INTO number (i2, i8, r, d, n, money_like, m, f, c, o)
SELECT 30000 + g, 9e18::bigint + g, 1e30, 1e200, 1e40, 999999.5, 5e6::numeric::money, NOT g % 2 = 0, '~', 4000000000 + g FROM generate_series(1, 60) g;
INSERT INTO number (i2, i8, r, d, n, money_like, m, f, c, o) SELECT -16000, -9e18::bigint, '-Infinity', '-Infinity', '-Infinity', -99, '-5', NULL, ' ', 0 FROM generate_series(1, 20) g;
DELETE FROM number WHERE id < 300;
INSERT INTO word (t, v, bp, n, b, u, bits, vbits, e, long)
SELECT 'ÿÿ' || g, 'zz', 'zz', 'zz' || g, '\xffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff', B'1111111111111111', B'111111111111111111111111', 'ecstatic', 'z' FROM generate_series(1, 50) g;
INSERT INTO moment SELECT g, 'infinity', '23:59:59', '23:59+14', '2099-01-01', '2098-01-01 00:00+00', '90 years' FROM generate_series(5001, 5050) g;
INSERT INTO moment SELECT -g, '4713-01-01 BC', '00:00', '00:00-14', '-infinity', '-infinity', '-90 years' FROM generate_series(1, 20) g;
INSERT INTO address SELECT g, 'ffff::', '255.0.0.0/8', 'ff:ff:ff:ff:ff:ff', 'ff:ff:ff:ff:ff:ff:ff:ff', 'FFFFFFFF/0', '9000000', '(4000000,7)' FROM generate_series(5001, 5030) g;
INSERT INTO extent SELECT g, int4range(90000, NULL), '(,)', '(,)', '(,)', '(,)', '(,)', '(,)', '{(,)}', '{(,)}', '{}' FROM generate_series(5001, 5030) g;
INSERT INTO list SELECT g, ARRAY[9999, NULL], ARRAY['zz'], ARRAY['ffffffff-ffff-ffff-ffff-ffffffffffff']::uuid[], ARRAY['ecstatic']::mood[] FROM generate_series(5001, 5030) g;
INSERT INTO document SELECT g, '1', '{"k": "zz", "n": 100000}', '$', 'zzz', 'zzz' FROM generate_series(4001, 4030) g;
INSERT INTO composed SELECT g, ROW(99999, 'z')::pair, 9999, 49, 'happy', '{19,9}', '{happy}', ROW(99999, 'z')::couple, int4range(90000, 90001), 'zz' FROM generate_series(5001, 5030) g;
INSERT INTO contrib (id, ci, h, path, c, s, name, kind) SELECT g, 'ZZ' || g, 'z=>1', 'zz', '(999)', '9999', 'zz', 99 FROM generate_series(6001, 6040) g;
INSERT INTO name_of SELECT g, 'pg_toast.pg_toast_1255'::regclass, 'pg_catalog.pg_get_indexdef(oid)'::regprocedure::oid::regproc, 'pg_catalog.pg_get_indexdef(oid)', 'jsonb' FROM generate_series(3001, 3020) g;
INSERT INTO sale SELECT 500000 + g, '2025-12-31', 'south', 99999, 'happy' FROM generate_series(1, 300) g;
INSERT INTO sale SELECT 600000 + g, '2031-01-01', 'nowhere', -1, 'sad' FROM generate_series(1, 50) g;
INSERT INTO vehicle_car SELECT g, 40, 'car', 1 FROM generate_series(20001, 20100) g;
-- What says that a table has children stays when the last one goes.
CREATE TABLE last_child () INHERITS (childless);
DROP TABLE last_child;
INSERT INTO kept_stats SELECT g, 5000, 90000, 900, 'zz', 'zz', 99 FROM generate_series(12001, 12300) g;
INSERT INTO unlogged SELECT g, 1000, 'zz' FROM generate_series(5001, 5400) g;
INSERT INTO never_analyzed SELECT g, g % 50, md5(g::text), g FROM generate_series(1, 9000) g;
INSERT INTO small_never_analyzed SELECT g, md5(g::text) FROM generate_series(1, 20) g;
INSERT INTO truncated_filled SELECT g, g FROM generate_series(1, 2000) g;
INSERT INTO emptied SELECT g, g FROM generate_series(1, 1000) g;
INSERT INTO shuffled SELECT 900, g, 'zz', 1 FROM generate_series(5001, 5050) g;
INSERT INTO collated SELECT g, 'ÿ' || g, 'ÿ', '~', ' ' FROM generate_series(5001, 5050) g;
INSERT INTO collated SELECT -g, '', '', '', '' FROM generate_series(1, 20) g;
DELETE FROM huge WHERE ctid < '(10,1)' AND c IS NULL;
\set ON_ERROR_STOP off
CREATE UNIQUE INDEX CONCURRENTLY invalid ON kept_stats (k);
\set ON_ERROR_STOP on
