-- Every type that statistics are kept for, a table for each family, and an index on each column that can have one.
CREATE TABLE dropped_first (a int PRIMARY KEY, b text UNIQUE);
DROP TABLE dropped_first;

CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'ecstatic');
ALTER TYPE mood ADD VALUE 'calm' BEFORE 'happy';
CREATE TYPE pair AS (a int, b text);
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE DOMAIN percent AS numeric(6, 2);
CREATE DOMAIN share AS percent;
CREATE DOMAIN mood_of_day AS mood;
CREATE DOMAIN few AS int[];
CREATE DOMAIN moods AS mood[];
CREATE DOMAIN couple AS pair;
CREATE DOMAIN span AS int4range;
CREATE DOMAIN short_text AS varchar(20) COLLATE "C";

CREATE TABLE number (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, i2 smallint, i8 bigint, r real, d double precision, n numeric, money_like numeric(12, 2),
  m money, f bool, c "char", o oid, twice int GENERATED ALWAYS AS (i2 * 2) STORED);
CREATE INDEX ON number (i2);
CREATE INDEX ON number (i8);
CREATE INDEX ON number (r);
CREATE INDEX ON number (d DESC);
CREATE INDEX ON number (n);
CREATE INDEX ON number (money_like NULLS FIRST);
CREATE INDEX ON number (m);
CREATE INDEX ON number (f);
CREATE INDEX ON number (c);
CREATE INDEX ON number (o);
CREATE INDEX ON number (twice);

CREATE TABLE word (
  id serial PRIMARY KEY, t text, v varchar(40), bp char(12), n name, b bytea, x xml, u uuid, bits bit(16), vbits bit varying(24), e mood, long text);
ALTER TABLE word ALTER long SET STORAGE EXTERNAL;
CREATE INDEX ON word (t);
CREATE INDEX ON word (v);
CREATE INDEX ON word (v varchar_pattern_ops);
CREATE INDEX ON word (bp);
CREATE INDEX ON word (bp bpchar_pattern_ops);
CREATE INDEX ON word (n);
CREATE INDEX ON word (b);
CREATE INDEX ON word (u);
CREATE INDEX ON word (bits);
CREATE INDEX ON word (vbits);
CREATE INDEX ON word (e);
CREATE INDEX ON word (md5(long));

CREATE TABLE moment (id int PRIMARY KEY, d date, t time, ttz timetz, ts timestamp, tstz timestamptz, iv interval);
CREATE INDEX ON moment (d);
CREATE INDEX ON moment (t);
CREATE INDEX ON moment (ttz);
CREATE INDEX ON moment (ts);
CREATE INDEX ON moment (tstz DESC NULLS LAST);
CREATE INDEX ON moment (iv);

CREATE TABLE address (id int PRIMARY KEY, i inet, c cidr, m macaddr, m8 macaddr8, lsn pg_lsn, x xid8, place tid);
CREATE INDEX ON address (i);
CREATE INDEX ON address USING gist (i inet_ops);
CREATE INDEX ON address USING spgist (i);
CREATE INDEX ON address (c);
CREATE INDEX ON address (m);
CREATE INDEX ON address (m8);
CREATE INDEX ON address (lsn);
CREATE INDEX ON address (x);
CREATE INDEX ON address (place);

CREATE TABLE shape (id int PRIMARY KEY, p point, b box, s lseg, l line, way path, area polygon, c circle);
CREATE INDEX ON shape USING gist (p);
CREATE INDEX ON shape USING spgist (p);
CREATE INDEX ON shape USING spgist (p kd_point_ops);
CREATE INDEX ON shape USING gist (b);
CREATE INDEX ON shape USING spgist (b);
CREATE INDEX ON shape USING gist (area);
CREATE INDEX ON shape USING spgist (area);
CREATE INDEX ON shape USING gist (c);
CREATE INDEX ON shape USING brin (b box_inclusion_ops) WITH (pages_per_range = 4);

CREATE TABLE extent (
  id int PRIMARY KEY, i4 int4range, i8 int8range, n numrange, d daterange, ts tsrange, tstz tstzrange, own float_range,
  m4 int4multirange, mn nummultirange, md datemultirange);
CREATE INDEX ON extent (i4);
CREATE INDEX ON extent USING gist (i4);
CREATE INDEX ON extent USING spgist (i4);
CREATE INDEX ON extent USING hash (i4);
CREATE INDEX ON extent USING brin (i4 range_inclusion_ops) WITH (pages_per_range = 2);
CREATE INDEX ON extent (n);
CREATE INDEX ON extent USING gist (tstz);
CREATE INDEX ON extent (own);
CREATE INDEX ON extent USING gist (own);
CREATE INDEX ON extent (m4);
CREATE INDEX ON extent USING gist (m4);
CREATE INDEX ON extent USING gist (mn);

CREATE TABLE list (
  id int PRIMARY KEY, ints int[], texts text[], uuids uuid[], moods mood[], shares share[], numerics numeric[], ranges int4range[],
  pairs pair[], matrix int[][], empty int[]);
CREATE INDEX ON list (ints);
CREATE INDEX ON list USING gin (ints);
CREATE INDEX ON list USING gin (texts) WITH (fastupdate = off);
CREATE INDEX ON list (texts);
CREATE INDEX ON list USING gin (uuids);
CREATE INDEX ON list USING gin (moods);
CREATE INDEX ON list (moods);
CREATE INDEX ON list (pairs);

CREATE TABLE document (id int PRIMARY KEY, j json, b jsonb, path jsonpath, v tsvector, q tsquery);
CREATE INDEX ON document (b);
CREATE INDEX ON document USING gin (b);
CREATE INDEX ON document USING gin (b jsonb_path_ops);
CREATE INDEX ON document ((b ->> 'k'));
CREATE INDEX ON document (((b ->> 'n')::int));
CREATE INDEX ON document USING gin (v);
CREATE INDEX ON document USING gist (v);
CREATE INDEX ON document USING gin (v) WITH (fastupdate = on, gin_pending_list_limit = 64);
CREATE INDEX ON document USING gist (q);
CREATE INDEX ON document (v);

CREATE TABLE composed (
  id int PRIMARY KEY, p pair, percentage percent, part share, feeling mood_of_day, fewer few, feelings moods, two couple, length span,
  short short_text);
CREATE INDEX ON composed (p);
CREATE INDEX ON composed (percentage);
CREATE INDEX ON composed (part);
CREATE INDEX ON composed (feeling);
CREATE INDEX ON composed (fewer);
CREATE INDEX ON composed USING gin (fewer);
CREATE INDEX ON composed (feelings);
CREATE INDEX ON composed (two);
CREATE INDEX ON composed (length);
CREATE INDEX ON composed USING gist (length);
CREATE INDEX ON composed (short);
CREATE INDEX ON composed (((p).a));

-- Names of the system's own objects: those of others have other OIDs in each database.
CREATE TABLE name_of (
  id int PRIMARY KEY, c regclass, p regproc, pp regprocedure, t regtype, o regoper, oo regoperator, n regnamespace, r regrole,
  l regcollation, a aclitem);
CREATE INDEX ON name_of (c);
CREATE INDEX ON name_of (p);
CREATE INDEX ON name_of (pp);
CREATE INDEX ON name_of (t);
CREATE INDEX ON name_of (o);
CREATE INDEX ON name_of (oo);
CREATE INDEX ON name_of USING hash (a);
