-- The lab: a small database in which every planner input counts somewhere.
-- What is dropped here shifts OIDs and attribute numbers away from those of a fresh copy.
CREATE TABLE scratch (a int PRIMARY KEY, b text UNIQUE);
DROP TABLE scratch;

CREATE TYPE member_status AS ENUM ('active', 'blocked', 'new', 'vip');
CREATE TYPE purchase_state AS ENUM ('done', 'pending', 'cancelled', 'refunded');
CREATE DOMAIN stars AS numeric(3, 1);
CREATE DOMAIN rating AS stars;

CREATE TABLE member (
  legacy_id int, id bigint NOT NULL, email text NOT NULL, name text, country text, city text, status member_status NOT NULL,
  joined timestamptz NOT NULL, balance numeric(12, 2), attributes jsonb, tags text[], born date, score real, token uuid,
  active bool, rating rating, address inet);
ALTER TABLE member DROP COLUMN legacy_id;

CREATE TABLE purchase (
  id bigint NOT NULL, member_id bigint NOT NULL, day date NOT NULL, amount numeric(10, 2), state purchase_state,
  quantity int, note text, shipped timestamp, region text, district text);

CREATE TABLE reading (id bigint, at timestamptz NOT NULL, sensor int, kind text, value real) PARTITION BY RANGE (at);
CREATE TABLE reading_2024q1 PARTITION OF reading FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-04-01 00:00+00');
CREATE TABLE reading_2024q2 PARTITION OF reading FOR VALUES FROM ('2024-04-01 00:00+00') TO ('2024-07-01 00:00+00');
CREATE TABLE reading_rest PARTITION OF reading DEFAULT;

CREATE TABLE place (id int PRIMARY KEY, at point, open tstzrange, levels int4range, label text);
CREATE TABLE article (id int PRIMARY KEY, title text, words tsvector, category int);
CREATE TABLE animal (id int, kind int, name text);
CREATE TABLE cat () INHERITS (animal);
CREATE TABLE dog (size int) INHERITS (animal);
CREATE TABLE moving (id int PRIMARY KEY, k int, v text);
CREATE TABLE never_analyzed (id int PRIMARY KEY, k int, v text);
CREATE TABLE emptied (id int PRIMARY KEY, k int);
CREATE UNLOGGED TABLE cache (key text PRIMARY KEY, value text);
CREATE TABLE tie (a int, b int, c int, d int);
CREATE SCHEMA "Odd Names";
CREATE TABLE "Odd Names"."Größe" ("Art.Nr" int PRIMARY KEY, "select" text, tie int);
