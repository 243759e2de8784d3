-- Columns of many kinds: unique, skewed, uniform, correlated, null, wide and narrow. No indexes: they are what is modelled.
SELECT setseed(0.17);

CREATE TYPE ticket_state AS ENUM ('open', 'waiting', 'closed', 'spam');

CREATE TABLE event (
  id bigint NOT NULL, tenant int NOT NULL, kind text NOT NULL, at timestamptz NOT NULL, day date, actor uuid, amount numeric(12, 2),
  price float8, code varchar(12), flag bool, small smallint, parent bigint, path text, note text, ip inet, deleted timestamptz);
INSERT INTO event
SELECT g, floor(500 * random() ^ 3)::int, (ARRAY['view', 'view', 'view', 'view', 'click', 'click', 'buy', 'refund'])[1 + floor(random() * 8)::int],
  timestamptz '2024-01-01 00:00+00' + g * interval '97 seconds' + random() * interval '6 hours', date '2024-01-01' + (g / 900)::int,
  md5((floor(random() * 40000))::text)::uuid, round((exp(random() * 9))::numeric, 2), random() * 1000,
  upper(substr(md5(floor(random() * 9000)::text), 1, 8)), random() < 0.97, (random() * 30)::int,
  CASE WHEN random() < 0.6 THEN NULL ELSE 1 + floor(random() * g)::bigint END,
  '/' || (ARRAY['shop', 'blog', 'help', 'account'])[1 + floor(random() ^ 2 * 4)::int] || '/' || floor(random() ^ 2 * 5000)::int,
  CASE WHEN random() < 0.8 THEN NULL ELSE repeat(chr(97 + (g % 26)::int), (random() * 60)::int) || g END,
  ('10.' || floor(random() * 20)::int || '.' || floor(random() * 256)::int || '.' || floor(random() * 256)::int)::inet,
  CASE WHEN random() < 0.04 THEN timestamptz '2024-06-01 00:00+00' + random() * interval '200 days' END
FROM generate_series(1, 250000) g;

CREATE TABLE person (
  id uuid NOT NULL, email text NOT NULL, name text, country char(2), city text, born date, score real, joined timestamp, tags text[],
  profile jsonb, visits int, groups int[], bio text, spot point, availability tstzrange, levels int4range, area box, balance numeric);
INSERT INTO person
SELECT md5('p' || g)::uuid, 'user' || g || '@' || (ARRAY['gmail.com', 'example.org', 'mail.example.com'])[1 + g % 3],
  initcap(substr(md5(floor(random() * 30000)::text), 1, 4 + g % 5)) || ' ' || initcap(substr(md5(floor(random() * 9000)::text), 1, 5 + g % 6)),
  (ARRAY['US', 'DE', 'FR', 'GB', 'JP', 'BR', 'IN', 'CN'])[1 + floor(random() ^ 2 * 8)::int], 'city ' || floor(random() ^ 3 * 2000)::int,
  CASE WHEN random() < 0.15 THEN NULL ELSE date '1940-01-01' + floor(random() * 25000)::int END, round((random() * 100)::numeric, 1)::real,
  timestamp '2019-01-01' + random() * interval '1900 days',
  ARRAY(SELECT 'tag' || floor(random() ^ 2 * 400)::int FROM generate_series(1, 1 + (g % 6))),
  jsonb_build_object('plan', (ARRAY['free', 'pro', 'team'])[1 + floor(random() ^ 2 * 3)::int], 'seats', floor(random() * 60)::int,
    'ref', substr(md5(g::text), 1, 8), 'f' || floor(random() * 40)::int, true),
  floor(exp(random() * 7))::int, ARRAY(SELECT floor(random() * 3000)::int FROM generate_series(1, 3 + (g % 4))),
  (SELECT string_agg(substr(md5(floor(random() ^ 2 * 4000)::text), 1, 3 + n % 6), ' ') FROM generate_series(1, 6 + g % 9) n),
  point(random() * 1000, random() * 1000),
  tstzrange(timestamptz '2024-01-01 00:00+00' + g * interval '7 minutes', timestamptz '2024-01-01 00:00+00' + g * interval '7 minutes' + random() * interval '9 hours'),
  int4range((random() * 1000)::int, 1001 + (random() * 1000)::int), box(point(random() * 100, random() * 100), point(random() * 100, random() * 100)),
  CASE WHEN random() < 0.3 THEN NULL ELSE round((random() * 1000000)::numeric, (g % 4)::int) END
FROM generate_series(1, 60000) g;

CREATE TABLE ticket (
  id int NOT NULL, owner int, state ticket_state NOT NULL, opened timestamptz NOT NULL, subject text, body text, priority smallint,
  labels text[], words tsvector, meta jsonb, reference text);
INSERT INTO ticket
SELECT g, CASE WHEN random() < 0.2 THEN NULL ELSE floor(random() ^ 2 * 800)::int END,
  (CASE WHEN random() < 0.9 THEN 'closed' WHEN random() < 0.5 THEN 'open' WHEN random() < 0.9 THEN 'waiting' ELSE 'spam' END)::ticket_state,
  timestamptz '2023-01-01 00:00+00' + g * interval '20 minutes', 'Ticket about ' || w || ' ' || g, body, (random() * 4)::int,
  (ARRAY['bug', 'idea', 'billing', 'urgent', 'login', 'mobile'])[1 + g % 3 : 1 + g % 5], to_tsvector('english', body),
  jsonb_build_object('source', (ARRAY['mail', 'web', 'api'])[1 + g % 3], 'agent', jsonb_build_object('id', g % 70, 'team', 't' || g % 9), 'seen', ARRAY[g % 10, g % 7]),
  'REF-' || lpad((g * 7919 % 100000)::text, 12, '0')
FROM (SELECT g, 'word' || floor(random() * 300)::int AS w,
        (SELECT string_agg('w' || floor(random() ^ 3 * 6000)::int || chr(97 + n % 26), ' ') FROM generate_series(1, 25 + g % 20) n) AS body
      FROM generate_series(1, 30000) g) AS t;

-- Two columns of which one tells the other, with extended statistics, and a log in no order.
CREATE TABLE place (id int NOT NULL, region text, district text, street text, height int, measured timestamp, value int);
INSERT INTO place
SELECT g, 'region ' || r, 'district ' || r || '-' || d, 'street ' || r || '-' || d || '-' || floor(random() * 40)::int, floor(random() * 3000)::int,
  timestamp '2020-01-01' + random() * interval '1500 days', floor(random() * 1000000)::int
FROM (SELECT g, floor(random() ^ 2 * 30)::int AS r, floor(random() * 25)::int AS d FROM generate_series(1, 120000) g) AS p;
CREATE STATISTICS place_parts (ndistinct, dependencies) ON region, district, street FROM place;

CREATE TABLE line (order_id int NOT NULL, position smallint NOT NULL, product int NOT NULL, quantity int, status text, sku text);
INSERT INTO line
SELECT o, n, 1 + floor(random() ^ 2 * 20000)::int, 1 + floor(random() * 5)::int, (ARRAY['new', 'paid', 'sent', 'back'])[1 + floor(random() ^ 3 * 4)::int],
  'SKU-' || lpad(floor(random() ^ 2 * 20000)::text, 6, '0')
FROM generate_series(1, 60000) o, generate_series(1, 1 + (o % 6)) n;

-- A larger table, for B-trees of three levels.
CREATE TABLE ledger (
  id bigint NOT NULL, account int NOT NULL, branch int, booked date, created timestamptz, amount numeric(14, 2), currency varchar(3), status smallint,
  reference uuid, memo text, counterparty bigint);
INSERT INTO ledger
SELECT g, floor(20000 * random() ^ 2)::int, (random() * 2000)::int, date '2020-01-01' + (g / 450)::int, timestamptz '2020-01-01 00:00+00' + g * interval '3 minutes',
  round((random() * 100000)::numeric, 2), (ARRAY['EUR', 'EUR', 'EUR', 'USD', 'CHF', 'GBP'])[1 + floor(random() * 6)::int], (random() * 8)::smallint,
  md5('l' || g)::uuid, CASE WHEN random() < 0.5 THEN 'Payment ' || g ELSE 'Fee' END, CASE WHEN random() < 0.3 THEN NULL ELSE floor(random() * 300000)::bigint END
FROM generate_series(1, 700000) g;
