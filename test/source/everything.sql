-- One of every kind of thing a snapshot reads, with names and types that were trouble elsewhere.
CREATE SCHEMA "My Schéma";
CREATE SCHEMA stats;
CREATE EXTENSION pageinspect SCHEMA stats;
CREATE EXTENSION citext SCHEMA "My Schéma";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN positive AS int;
CREATE DOMAIN feeling AS mood;
CREATE COLLATION "Case ""odd""" (provider = libc, locale = 'C');

-- Dropped tables and columns move OIDs and attribute numbers away from those of a fresh copy.
CREATE TABLE gone (a int);
DROP TABLE gone;

CREATE TABLE kinds (
  dropped_first int, id int PRIMARY KEY, u uuid, b bool, bytes bytea, doc jsonb, c "char", n name, r int4range,
  tags text[], m macaddr, bits bit(8), v tsvector, p pair, d positive, f feeling, ci "My Schéma".citext, amount money,
  at timestamptz, gap interval, reg regproc, acl aclitem[], odd text COLLATE "Case ""odd""", code varchar(30),
  flag text DEFAULT 'kept', doubled int GENERATED ALWAYS AS (id * 2) STORED);
ALTER TABLE kinds DROP COLUMN dropped_first;
INSERT INTO kinds (id, u, b, bytes, doc, c, n, r, tags, m, bits, v, p, d, f, ci, amount, at, gap, reg, acl, odd, code)
SELECT i, pg_catalog.md5(i::text)::uuid, i % 3 = 0, pg_catalog.decode(pg_catalog.md5(i::text), 'hex'),
  pg_catalog.jsonb_build_object('k', i % 50), pg_catalog.chr(65 + i % 20)::"char", 'name' || i % 40, int4range(i, i + 10),
  ARRAY['sentinel-tag' || i % 9, 'x'], pg_catalog.lpad(pg_catalog.to_hex(i), 12, '0')::macaddr, (i % 200)::bit(8),
  pg_catalog.to_tsvector('simple', 'w' || i % 30 || ' common'), ROW(i % 50, NULL)::pair, i % 60,
  (ARRAY['sad', 'ok', 'glad'])[1 + i % 3]::feeling, 'Word' || i % 70, i % 90, '2024-01-01'::timestamptz + i * interval '1 hour',
  i * interval '1 minute', (ARRAY['pg_catalog.now', 'pg_catalog.version'])[1 + i % 2]::regproc,
  ARRAY[pg_catalog.makeaclitem(10, 10, 'SELECT', i % 2 = 0)], 'o' || i % 30, 'sentinel-code' || i % 6
FROM pg_catalog.generate_series(1, 3000) AS i;
UPDATE kinds SET reg = 2116 WHERE id % 5 = 0; -- pg_catalog.max(integer), whose name alone is ambiguous

CREATE INDEX kinds_u ON kinds (u);
CREATE INDEX kinds_b ON kinds (b);
CREATE INDEX kinds_bytes ON kinds (bytes);
CREATE INDEX kinds_doc ON kinds (doc);
CREATE INDEX kinds_c ON kinds (c);
CREATE INDEX kinds_n ON kinds (n);
CREATE INDEX kinds_r ON kinds (r);
CREATE INDEX kinds_tags ON kinds (tags);
CREATE INDEX kinds_m ON kinds (m);
CREATE INDEX kinds_bits ON kinds (bits);
CREATE INDEX kinds_p ON kinds (p);
CREATE INDEX kinds_d ON kinds (d);
CREATE INDEX kinds_f ON kinds (f);
CREATE INDEX kinds_ci ON kinds (ci);
CREATE INDEX kinds_amount ON kinds (amount);
CREATE INDEX kinds_gap ON kinds (gap);
CREATE INDEX kinds_reg ON kinds (reg);
CREATE INDEX kinds_odd ON kinds (odd);
CREATE INDEX kinds_pattern ON kinds (code text_pattern_ops);
CREATE INDEX kinds_desc ON kinds (at DESC NULLS LAST, id);
CREATE INDEX kinds_first ON kinds (gap NULLS FIRST) INCLUDE (b);
CREATE INDEX kinds_upper ON kinds (pg_catalog.upper(code));
CREATE INDEX kinds_partial ON kinds (at) WHERE b;
CREATE INDEX kinds_gin ON kinds USING gin (tags);
CREATE INDEX kinds_gist ON kinds USING gist (r);
CREATE INDEX kinds_brin ON kinds USING brin (at) WITH (pages_per_range = 1);
CREATE INDEX kinds_hash ON kinds USING hash (id);
CREATE STATISTICS stats.kinds_all (ndistinct, dependencies, mcv) ON d, code, b, f FROM kinds;
CREATE STATISTICS stats.kinds_expr ON (d % 7), (pg_catalog.upper(code)) FROM kinds;
CREATE STATISTICS stats.kinds_mixed (ndistinct, mcv) ON (d % 5), code FROM kinds;
CREATE STATISTICS public.kinds_never ON id, u FROM kinds;

CREATE TABLE "My Schéma"."Order" ("Id" int PRIMARY KEY, "group" text, "Ünï ""q""" int) WITH (fillfactor = 70);
CREATE INDEX "Order by" ON "My Schéma"."Order" ("Ünï ""q""" DESC);
INSERT INTO "My Schéma"."Order" SELECT i, 'g' || i % 4, i % 11 FROM pg_catalog.generate_series(1, 500) AS i;
CREATE TABLE "My Schéma"."order" (id int);
CREATE TABLE public.aux (id int);

CREATE TABLE events (id int, at date, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_a PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE events_b PARTITION OF events DEFAULT;
CREATE INDEX events_at ON events (at);
CREATE STATISTICS events_stat ON id, kind FROM events;
INSERT INTO events SELECT i, '2024-01-01'::date + i % 300, 'k' || i % 5 FROM pg_catalog.generate_series(1, 2000) AS i;

CREATE TABLE parent (id int, k int);
CREATE TABLE z_child () INHERITS (parent);
CREATE TABLE a_child (extra int) INHERITS (parent);
CREATE STATISTICS parent_stat (ndistinct) ON id, k FROM parent;
INSERT INTO parent SELECT i, i % 7 FROM pg_catalog.generate_series(1, 300) AS i;
INSERT INTO z_child SELECT i, i % 9 FROM pg_catalog.generate_series(1, 300) AS i;

CREATE TABLE secret (id int PRIMARY KEY, owner text);
INSERT INTO secret SELECT i, 'o' || i FROM pg_catalog.generate_series(1, 300) AS i;
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE UNLOGGED TABLE unlogged (id int);
CREATE MATERIALIZED VIEW summary AS SELECT kind, pg_catalog.count(*) AS n FROM events GROUP BY kind;
CREATE INDEX summary_n ON summary (n);
CREATE SEQUENCE counter;
CREATE TEMP TABLE fleeting (id int);

-- An index whose build failed is there, and the planner skips it.
CREATE TABLE duplicates (id int);
INSERT INTO duplicates VALUES (1), (1);

CREATE VIEW a_view AS SELECT 1 AS one;
ANALYZE;

CREATE TABLE never (id int PRIMARY KEY);
INSERT INTO never SELECT pg_catalog.generate_series(1, 100);
