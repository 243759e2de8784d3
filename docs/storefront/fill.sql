-- Fills the storefront for the worked example: 4.7 million rows, skewed and correlated as those of a shop are.
-- For psql, on a database that has schema.sql:   psql -d storefront_production -f fill.sql
-- The same rows each time (only ANALYZE samples at random), with times up to `as_of`.

\set ON_ERROR_STOP on
\if :{?as_of}
\else
	\set as_of '2026-11-23 00:00:00+00'
\endif
\timing on

SET client_min_messages = warning;
SET timezone = 'UTC';
SET session_replication_role = replica;		-- The rows below keep the foreign keys; checking each would take most of the time.
SET max_parallel_workers_per_gather = 0;
SET jit = off;
SET maintenance_work_mem = '256MB';
SELECT :'as_of'::timestamptz AS as_of \gset

-- A number in [0, 1) for each key and salt, whatever the order in which rows are made.
CREATE FUNCTION pg_temp.u(key bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS
	'SELECT (hashint8extended(key, salt) & 1073741823)::float8 / 1073741824';
CREATE FUNCTION pg_temp.pick(list anyarray, u float8) RETURNS anyelement LANGUAGE sql IMMUTABLE AS
	'SELECT list[1 + floor(u * cardinality(list))::int]';
CREATE FUNCTION pg_temp.id(key bigint, salt bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
	$$SELECT md5(key::text || '/' || salt::text)::uuid$$;

-- Countries; most of the trade is in a few.

INSERT INTO countries VALUES
	('US', 'United States', 'USD', 0), ('DE', 'Germany', 'EUR', 19), ('FR', 'France', 'EUR', 20), ('GB', 'United Kingdom', 'GBP', 20),
	('NL', 'Netherlands', 'EUR', 21), ('ES', 'Spain', 'EUR', 21), ('IT', 'Italy', 'EUR', 22), ('PL', 'Poland', 'PLN', 23),
	('SE', 'Sweden', 'SEK', 25), ('AT', 'Austria', 'EUR', 20), ('CH', 'Switzerland', 'CHF', 8.1), ('BE', 'Belgium', 'EUR', 21),
	('DK', 'Denmark', 'DKK', 25), ('NO', 'Norway', 'NOK', 25), ('FI', 'Finland', 'EUR', 25.5), ('PT', 'Portugal', 'EUR', 23),
	('CZ', 'Czechia', 'CZK', 21), ('IE', 'Ireland', 'EUR', 23), ('CA', 'Canada', 'CAD', 5), ('AU', 'Australia', 'AUD', 10),
	('JP', 'Japan', 'JPY', 10), ('BR', 'Brazil', 'BRL', 17), ('MX', 'Mexico', 'MXN', 16), ('IS', 'Iceland', 'ISK', 24);

-- `cumulative` is the share of trade up to and with this country.
CREATE TEMP TABLE share AS
	SELECT code, currency, n, sum(weight) OVER (ORDER BY n) / sum(weight) OVER () AS cumulative, weight / sum(weight) OVER () AS weight
	FROM (SELECT code, currency, row_number() OVER () AS n, power(row_number() OVER (), -1.6) AS weight FROM countries) c;

-- One row for each thousandth, so that a country is found by a plain join.
CREATE TEMP TABLE country_of AS
	SELECT k, (SELECT code FROM share WHERE cumulative > k / 1000.0 ORDER BY n LIMIT 1) AS code FROM generate_series(0, 999) k;
CREATE UNIQUE INDEX ON country_of (k);
ANALYZE share, country_of;

INSERT INTO warehouses VALUES (1, 'US-EAST', 'US'), (2, 'US-WEST', 'US'), (3, 'DE-LEIPZIG', 'DE'), (4, 'FR-LYON', 'FR'), (5, 'GB-LEEDS', 'GB'), (6, 'PL-LODZ', 'PL');

-- 150,000 customers, in the order in which they came; more came in later years.

\echo customers
INSERT INTO customers (id, email, full_name, country, status, tags, preferences, referred_by, created_at, last_seen_at)
SELECT g,
	initcap(first) || '.' || last || g || '@' || pg_temp.pick(ARRAY['gmail.com', 'gmail.com', 'gmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'web.de', 'example.org'], pg_temp.u(g, 1)),
	initcap(first) || ' ' || initcap(last),
	c.code,
	(CASE WHEN pg_temp.u(g, 2) < 0.62 THEN 'active' WHEN pg_temp.u(g, 2) < 0.965 THEN 'dormant' WHEN pg_temp.u(g, 2) < 0.997 THEN 'deleted' ELSE 'blocked' END)::customer_status,
	CASE WHEN g % 500 = 17 THEN '{business,invoice}'::text[] WHEN pg_temp.u(g, 3) < 0.02 THEN '{vip,newsletter}' WHEN pg_temp.u(g, 3) < 0.4 THEN '{newsletter}'
		WHEN pg_temp.u(g, 3) < 0.45 THEN ARRAY['newsletter', 'campaign-' || floor(power(pg_temp.u(g, 4), 2) * 40)::int] ELSE '{}' END,
	jsonb_build_object('locale', CASE c.code WHEN 'US' THEN 'en-US' WHEN 'DE' THEN 'de-DE' WHEN 'FR' THEN 'fr-FR' ELSE 'en' END, 'theme', CASE WHEN pg_temp.u(g, 5) < 0.2 THEN 'dark' ELSE 'light' END),
	CASE WHEN pg_temp.u(g, 6) < 0.08 AND g > 100 THEN 1 + floor(power(pg_temp.u(g, 7), 3) * (g - 1))::bigint END,
	t,
	CASE WHEN pg_temp.u(g, 2) < 0.62 THEN :'as_of'::timestamptz - power(pg_temp.u(g, 8), 3) * (:'as_of'::timestamptz - t)
		WHEN pg_temp.u(g, 9) < 0.9 THEN t + pg_temp.u(g, 8) * (:'as_of'::timestamptz - t) * 0.5 END
FROM (
	SELECT g, :'as_of'::timestamptz - interval '5 years' + sqrt(g / 150000.0) * interval '1824 days' AS t,
		pg_temp.pick(ARRAY['anna', 'ben', 'clara', 'david', 'emma', 'felix', 'greta', 'hugo', 'ines', 'jonas', 'karla', 'leon', 'maria', 'nils', 'olga', 'paul', 'rosa', 'simon', 'tina', 'viktor'], power(pg_temp.u(g, 10), 1.4)) AS first,
		pg_temp.pick(ARRAY['smith', 'mueller', 'johnson', 'schmidt', 'martin', 'weber', 'brown', 'garcia', 'dubois', 'rossi', 'novak', 'jensen', 'kowalski', 'silva', 'tanaka', 'nguyen', 'okafor', 'haddad'], power(pg_temp.u(g, 11), 1.6))
		|| CASE WHEN pg_temp.u(g, 12) < 0.3 THEN '-' || pg_temp.pick(ARRAY['lang', 'berg', 'stone', 'wood', 'field', 'hill', 'brook', 'marsh'], pg_temp.u(g, 13)) ELSE '' END AS last
	FROM generate_series(1, 150000) g) s
JOIN country_of c ON c.k = floor(pg_temp.u(g, 14) * 1000)::int
ORDER BY g;

-- A city lies in one country, a postal code in one city; every fourth customer has a second address.

\echo addresses
INSERT INTO addresses (id, customer_id, kind, is_default, line1, postal_code, city, country)
SELECT row_number() OVER (ORDER BY c.id, k), c.id, CASE k WHEN 1 THEN 'shipping' ELSE 'billing' END::address_kind, pg_temp.u(c.id * 2 + k, 20) < 0.93,
	(1 + floor(pg_temp.u(c.id * 2 + k, 21) * 180)::int) || ' ' || pg_temp.pick(ARRAY['Main Street', 'Station Road', 'Mill Lane', 'Park Avenue', 'Church Street', 'High Street', 'Market Square', 'River Walk'], pg_temp.u(c.id, 22)),
	c.country || '-' || lpad((city * 37 + floor(power(pg_temp.u(c.id * 2 + k, 23), 2) * 12)::int)::text, 5, '0'),
	c.country || ' City ' || city, c.country
FROM customers c
CROSS JOIN generate_series(1, 2) k
CROSS JOIN LATERAL (SELECT floor(power(pg_temp.u(c.id, 24), 2.5) * 60)::int AS city) p
WHERE k = 1 OR pg_temp.u(c.id, 25) < 0.25
ORDER BY c.id, k;

-- 156 categories in three levels.

\echo categories, products, variants
INSERT INTO categories (id, parent_id, slug, name, position)
SELECT g, CASE WHEN g > 36 THEN 7 + (g - 37) % 30 WHEN g > 6 THEN 1 + (g - 7) % 6 END, 'category-' || g,
	pg_temp.pick(ARRAY['Kitchen', 'Garden', 'Office', 'Sports', 'Toys', 'Clothing', 'Audio', 'Lighting', 'Travel', 'Pets', 'Books', 'Tools'], pg_temp.u(g, 30)) || ' ' || g, g % 10
FROM generate_series(1, 156) g;

-- 20,000 products; a brand sells in few categories, and what sells is decided by chance and by age.
INSERT INTO products (id, slug, name, description, brand, category_id, status, tags, attributes, list_price, popularity, created_at)
SELECT g, lower(replace(name, ' ', '-')) || '-' || g, name,
	'A ' || adjective || ' ' || noun || ' of ' || material || ' for ' || pg_temp.pick(ARRAY['home', 'travel', 'the office', 'the garden', 'children', 'every day', 'winter', 'professionals'], pg_temp.u(g, 40))
	|| CASE WHEN pg_temp.u(g, 41) < 0.3 THEN '. Dishwasher safe, with a warranty of ' || (1 + g % 5) || ' years' ELSE '' END,
	'Brand ' || brand, 37 + (brand * 7 + floor(power(pg_temp.u(g, 42), 2) * 6)::int) % 120,
	(CASE WHEN pg_temp.u(g, 43) < 0.72 THEN 'active' WHEN pg_temp.u(g, 43) < 0.95 THEN 'discontinued' ELSE 'draft' END)::product_status,
	CASE WHEN pg_temp.u(g, 44) < 0.1 THEN ARRAY['sale', material] WHEN pg_temp.u(g, 44) < 0.12 THEN ARRAY['new', 'limited'] ELSE ARRAY[material] END,
	jsonb_strip_nulls(jsonb_build_object('color', pg_temp.pick(ARRAY['black', 'white', 'grey', 'blue', 'red', 'green', 'yellow', 'teal', 'coral', 'ochre'], power(pg_temp.u(g, 45), 2)),
		'material', material, 'weight_g', 10 * (1 + floor(power(pg_temp.u(g, 46), 3) * 900)::int), 'organic', CASE WHEN pg_temp.u(g, 47) < 0.03 THEN true END)),
	round((4 + exp(pg_temp.u(g, 48) * 6.2))::numeric, 2), power(pg_temp.u(g, 49), 6),
	:'as_of'::timestamptz - interval '5 years' + g * interval '2 hours 11 minutes'
FROM (SELECT g, adjective, noun, material, brand, initcap(adjective || ' ' || material || ' ' || noun) AS name
	FROM (SELECT g,
		pg_temp.pick(ARRAY['classic', 'modern', 'small', 'large', 'foldable', 'light', 'sturdy', 'portable', 'elegant', 'waterproof', 'rustic', 'compact'], power(pg_temp.u(g, 50), 1.5)) AS adjective,
		pg_temp.pick(ARRAY['lamp', 'chair', 'bottle', 'backpack', 'mug', 'knife', 'tent', 'shelf', 'speaker', 'pillow', 'jacket', 'puzzle', 'kettle', 'desk', 'bowl', 'umbrella', 'toolbox', 'blanket', 'clock', 'planter', 'scooter', 'hammock'], pg_temp.u(g, 51)) AS noun,
		pg_temp.pick(ARRAY['oak', 'steel', 'cotton', 'glass', 'wool', 'bamboo', 'leather', 'ceramic', 'linen', 'copper'], power(pg_temp.u(g, 52), 1.3)) AS material,
		floor(power(pg_temp.u(g, 53), 2) * 300)::int AS brand
		FROM generate_series(1, 20000) g) w) s
ORDER BY g;

INSERT INTO product_variants (id, product_id, sku, options, price, cost, is_active)
SELECT row_number() OVER (ORDER BY p.id, k), p.id, 'SKU-' || lpad(p.id::text, 6, '0') || '-' || k, jsonb_build_object('size', pg_temp.pick(ARRAY['S', 'M', 'L', 'XL'], (k - 1) / 4.0)),
	round(p.list_price * (1 + 0.1 * (k - 1)), 2), round(p.list_price * (0.4 + 0.3 * pg_temp.u(p.id, 60)::numeric), 2), p.status = 'active' AND pg_temp.u(p.id * 4 + k, 61) < 0.95
FROM products p CROSS JOIN generate_series(1, 4) k
WHERE k <= 1 + floor(pg_temp.u(p.id, 62) * 4)::int
ORDER BY p.id, k;

INSERT INTO variant_prices (variant_id, valid, price)
SELECT v.id, tstzrange(:'as_of'::timestamptz - make_interval(days => 900 * (n - k + 1) / n), CASE WHEN k < n THEN :'as_of'::timestamptz - make_interval(days => 900 * (n - k) / n) END), round(v.price * (0.9 + 0.05 * k), 2)
FROM product_variants v CROSS JOIN LATERAL (SELECT CASE WHEN pg_temp.u(v.id, 63) < 0.2 THEN 2 ELSE 1 END AS n) c CROSS JOIN LATERAL generate_series(1, n) k
WHERE v.is_active
ORDER BY v.id, k;

\echo inventory, reviews
INSERT INTO inventory (warehouse_id, variant_id, on_hand, reserved, attributes, updated_at)
SELECT w.id, v.id, floor(power(pg_temp.u(v.id * 6 + w.id, 70), 4) * 900)::int, 0,
	CASE WHEN pg_temp.u(v.id, 71) < 0.02 THEN jsonb_build_object('hazard', 'battery', 'shelf', w.code || '-' || v.id % 40) ELSE jsonb_build_object('shelf', w.code || '-' || v.id % 40) END,
	:'as_of'::timestamptz - power(pg_temp.u(v.id * 6 + w.id, 72), 2) * interval '400 days'
FROM product_variants v CROSS JOIN warehouses w
WHERE v.is_active AND (w.id IN (1, 3) OR pg_temp.u(v.id * 6 + w.id, 73) < 0.55)
ORDER BY v.id, w.id;

-- Reviews gather on the popular products and praise them.
INSERT INTO reviews (id, product_id, customer_id, rating, title, body, helpful, created_at)
SELECT g, product, 1 + floor(power(pg_temp.u(g, 80), 1.5) * 150000)::bigint, rating,
	pg_temp.pick(ARRAY['Great', 'Good value', 'As described', 'Would buy again', 'Not for me', 'Broken on arrival', 'Perfect gift', 'Fine'], pg_temp.u(g, 81)),
	(SELECT string_agg(CASE WHEN pg_temp.u(g * 32 + w, 82) < 0.75
			THEN pg_temp.pick(ARRAY['the', 'it', 'is', 'very', 'and', 'quality', 'delivery', 'price', 'color', 'size', 'sturdy', 'soft', 'fast', 'late', 'broken', 'gift', 'kitchen', 'garden', 'return', 'refund', 'recommend', 'excellent', 'poor', 'packaging'], pg_temp.u(g * 32 + w, 83))
			ELSE 'term' || floor(power(pg_temp.u(g * 32 + w, 84), 3) * 4000)::int END, ' ')
		FROM generate_series(1, 6 + floor(power(pg_temp.u(g, 85), 2) * 20)::int) w),
	floor(power(pg_temp.u(g, 86), 12) * 400)::int,
	:'as_of'::timestamptz - interval '4 years' + g * interval '1460 days' / 120000.0
FROM (SELECT g, product, (CASE WHEN pg_temp.u(g, 87) < 0.45 + 0.3 * (product < 400)::int THEN 5 WHEN pg_temp.u(g, 87) < 0.75 THEN 4 WHEN pg_temp.u(g, 87) < 0.86 THEN 3 WHEN pg_temp.u(g, 87) < 0.92 THEN 2 ELSE 1 END)::smallint AS rating
	FROM (SELECT g, 1 + floor(power(pg_temp.u(g, 88), 3) * 20000)::bigint AS product FROM generate_series(1, 120000) g) p) s
ORDER BY g;

-- 450,000 orders in two years, of ids and times that rise together. One customer in five hundred is a business and orders
-- fifty times as often as the others; customer 17 is the largest. Old orders are delivered; the open ones are new.

\echo coupons, orders
INSERT INTO coupons (id, code, percent, valid, category_ids, redeemed)
SELECT g, 'SAVE' || lpad(g::text, 4, '0'), 5 + 5 * (g % 6), tstzrange(t, t + interval '30 days'), CASE WHEN g % 3 = 0 THEN ARRAY[1 + g % 6, 7 + g % 30] ELSE '{}' END, 0
FROM (SELECT g, :'as_of'::timestamptz - interval '2 years' + g * interval '35 hours' AS t FROM generate_series(1, 500) g) s;

CREATE TEMP TABLE draft AS
SELECT g AS id, t,
	CASE WHEN pg_temp.u(g, 90) < 0.02 THEN 17
		WHEN pg_temp.u(g, 90) < 0.15 THEN 17 + 500 * floor(power(pg_temp.u(g, 91), 2) * 300)::bigint
		ELSE 1 + floor(power(pg_temp.u(g, 91), 1.3) * 149000)::bigint END AS customer_id,
	:'as_of'::timestamptz - t AS age
FROM (SELECT g, :'as_of'::timestamptz - interval '2 hours' - interval '730 days' * (1 - power(g / 450000.0, 0.8)) + pg_temp.u(g, 92) * interval '90 minutes' AS t FROM generate_series(1, 450000) g) s;

INSERT INTO orders (id, order_number, customer_id, status, channel, country, currency, total, discount, coupon_id, shipping_address_id, metadata, placed_at, updated_at)
SELECT d.id, (1000000000 + d.id * 7)::text, d.customer_id,
	(CASE WHEN pg_temp.u(d.id, 100) < 0.03 THEN 'cancelled' WHEN pg_temp.u(d.id, 100) < 0.07 AND age > interval '12 days' THEN 'returned'
		WHEN age < interval '3 hours' THEN 'pending' WHEN age < interval '20 hours' THEN 'paid' WHEN age < interval '2 days' THEN 'packed'
		WHEN age < interval '6 days' THEN 'shipped' WHEN pg_temp.u(d.id, 101) < 0.001 THEN 'pending' ELSE 'delivered' END)::order_status,
	(CASE WHEN d.customer_id % 500 = 17 THEN pg_temp.pick(ARRAY['phone', 'web', 'phone'], pg_temp.u(d.id, 102))
		WHEN pg_temp.u(d.id, 102) < 0.55 - 0.2 * d.id / 450000 THEN 'web' WHEN pg_temp.u(d.id, 102) < 0.9 THEN 'app' WHEN pg_temp.u(d.id, 102) < 0.995 THEN 'marketplace' ELSE 'phone' END)::sales_channel,
	c.country, s.currency, total, CASE WHEN pg_temp.u(d.id, 103) < 0.12 THEN round(total * 0.1, 2) ELSE 0 END,
	CASE WHEN pg_temp.u(d.id, 103) < 0.12 THEN greatest(1, least(500, (extract(epoch FROM interval '730 days' - age) / 126000)::int)) END,
	a.id,
	CASE WHEN pg_temp.u(d.id, 104) < 0.03 THEN jsonb_build_object('gift', true, 'source', 'campaign-' || floor(pg_temp.u(d.id, 105) * 40)::int)
		WHEN pg_temp.u(d.id, 104) < 0.4 THEN jsonb_build_object('source', 'campaign-' || floor(power(pg_temp.u(d.id, 105), 2) * 40)::int) ELSE '{}' END,
	t, least(t + pg_temp.u(d.id, 106) * interval '8 days', :'as_of')
FROM draft d
JOIN customers c ON c.id = d.customer_id
JOIN share s ON s.code = c.country
LEFT JOIN addresses a ON a.customer_id = c.id AND a.kind = 'shipping' AND a.is_default
CROSS JOIN LATERAL (SELECT round((6 + exp(pg_temp.u(d.id, 107) * 5.5 + CASE WHEN d.customer_id % 500 = 17 THEN 2 ELSE 0 END))::numeric, 2) AS total) m
ORDER BY d.id;

\echo order_items
INSERT INTO order_items (order_id, line, variant_id, quantity, unit_price)
SELECT o.id, k, v.id, 1 + floor(power(pg_temp.u(o.id * 8 + k, 110), 5) * 6)::int, v.price
FROM orders o
CROSS JOIN LATERAL generate_series(1, 1 + floor(power(pg_temp.u(o.id, 111), 2) * 5)::int + CASE WHEN o.customer_id % 500 = 17 THEN 3 ELSE 0 END) k
JOIN product_variants v ON v.id = 1 + floor(power(pg_temp.u(o.id * 8 + k, 112), 3) * 49000)::bigint
ORDER BY o.id, k;

-- Marketplace orders are paid by bank transfer, businesses pay by invoice; cards fail more often than the rest.

\echo payments, shipments
INSERT INTO payments (id, order_id, method, status, amount, provider_reference, created_at)
SELECT row_number() OVER (ORDER BY o.id, k), o.id, method,
	(CASE WHEN k < tries THEN 'failed' WHEN o.status = 'returned' THEN 'refunded' WHEN o.status = 'pending' THEN 'authorized' ELSE 'captured' END)::payment_status,
	o.net_total, left(method::text, 2) || '_' || md5((o.id * 4 + k)::text), o.placed_at + k * interval '40 seconds'
FROM orders o
CROSS JOIN LATERAL (SELECT (CASE WHEN o.channel = 'marketplace' THEN 'bank_transfer' WHEN o.customer_id % 500 = 17 THEN 'invoice' WHEN pg_temp.u(o.id, 120) < 0.7 THEN 'card' WHEN pg_temp.u(o.id, 120) < 0.97 THEN 'paypal' ELSE 'gift_card' END)::payment_method AS method) m
CROSS JOIN LATERAL generate_series(1, CASE WHEN method = 'card' AND pg_temp.u(o.id, 121) < 0.06 THEN 2 ELSE 1 END) k
CROSS JOIN LATERAL (SELECT CASE WHEN method = 'card' AND pg_temp.u(o.id, 121) < 0.06 THEN 2 ELSE 1 END AS tries) f
WHERE o.status <> 'cancelled'
ORDER BY o.id, k;

INSERT INTO shipments (id, order_id, warehouse_id, carrier, tracking_number, shipped_at, delivered_at)
SELECT row_number() OVER (ORDER BY o.id), o.id, CASE o.country WHEN 'US' THEN 1 + o.id % 2 WHEN 'FR' THEN 4 WHEN 'GB' THEN 5 WHEN 'PL' THEN 6 ELSE 3 END,
	carrier, upper(left(carrier, 2)) || lpad((o.id * 13)::text, 10, '0'), o.placed_at + interval '2 days',
	CASE WHEN o.status <> 'shipped' AND pg_temp.u(o.id, 131) < 0.999 THEN o.placed_at + interval '3 days' + pg_temp.u(o.id, 132) * interval '3 days' END
FROM orders o
CROSS JOIN LATERAL (SELECT CASE WHEN o.country = 'US' THEN pg_temp.pick(ARRAY['ups', 'fedex', 'usps'], pg_temp.u(o.id, 130)) WHEN o.country = 'DE' THEN 'dhl' ELSE pg_temp.pick(ARRAY['dhl', 'dpd', 'gls', 'dhl'], pg_temp.u(o.id, 130)) END AS carrier) c
WHERE o.status IN ('shipped', 'delivered', 'returned')
ORDER BY o.id;

\echo sessions, carts, archive
INSERT INTO sessions (id, customer_id, ip, user_agent, started_at, expires_at)
SELECT pg_temp.id(g, 140), CASE WHEN pg_temp.u(g, 141) < 0.45 THEN 1 + floor(power(pg_temp.u(g, 142), 1.3) * 150000)::bigint END,
	('10.' || floor(power(pg_temp.u(g, 143), 2) * 256)::int || '.' || g % 256 || '.' || (g / 256) % 256)::inet,
	'Mozilla/5.0 ' || pg_temp.pick(ARRAY['iPhone', 'Android', 'Windows', 'Macintosh', 'Linux', 'bot'], power(pg_temp.u(g, 144), 1.5)), t, t + interval '30 days'
FROM (SELECT g, :'as_of'::timestamptz - interval '40 days' * (1 - g / 120000.0) AS t FROM generate_series(1, 120000) g) s
ORDER BY g;

INSERT INTO carts (id, customer_id, status, created_at, updated_at)
SELECT pg_temp.id(g, 150), customer_id,
	CASE WHEN pg_temp.u(g, 151) < 0.6 THEN 'ordered' WHEN pg_temp.u(g, 151) < 0.93 OR row_number() OVER (PARTITION BY customer_id ORDER BY g DESC) > 1 THEN 'abandoned' ELSE 'open' END::cart_status, t, t + pg_temp.u(g, 152) * interval '2 days'
FROM (SELECT g, 1 + floor(pg_temp.u(g, 153) * 150000)::bigint AS customer_id, :'as_of'::timestamptz - interval '365 days' * (1 - g / 70000.0) AS t FROM generate_series(1, 70000) g) s
ORDER BY g;

INSERT INTO cart_items (cart_id, variant_id, quantity)
SELECT pg_temp.id(g, 150), 1 + (floor(power(pg_temp.u(g, 160), 3) * 49000)::bigint + k * 311) % 49000, 1 + (g % 3)::int
FROM generate_series(1, 70000) g CROSS JOIN LATERAL generate_series(1, 1 + floor(pg_temp.u(g, 161) * 3)::int) k
ORDER BY g, k;

INSERT INTO archive.orders (id, order_number, customer_id, status, country, currency, net_total, placed_at)
SELECT -g, (900000000 - g * 7)::text, 1 + floor(power(pg_temp.u(g, 170), 1.3) * 60000)::bigint, (CASE WHEN pg_temp.u(g, 171) < 0.95 THEN 'delivered' ELSE 'returned' END)::order_status, c.code, s.currency,
	round((6 + exp(pg_temp.u(g, 172) * 5.5))::numeric, 2), :'as_of'::timestamptz - interval '730 days' - g * interval '6 minutes'
FROM generate_series(250000, 1, -1) g
JOIN country_of c ON c.k = floor(pg_temp.u(g, 173) * 1000)::int
JOIN share s ON s.code = c.code
ORDER BY g DESC;

-- 700,000 events of the last year; most are views, and they grow with the shop. A few came late and fell into the default partition.

\echo analytics.events
INSERT INTO analytics.events (id, occurred_at, session_id, customer_id, type, product_id, path, payload)
SELECT g, t, pg_temp.id(CASE WHEN t > :'as_of'::timestamptz - interval '40 days' THEN floor(120000 * (1 - extract(epoch FROM :'as_of'::timestamptz - t) / 3456000))::bigint ELSE g / 6 END, 140),
	CASE WHEN pg_temp.u(g / 6, 180) < 0.4 THEN 1 + floor(power(pg_temp.u(g / 6, 181), 1.3) * 150000)::bigint END, type::analytics.event_type,
	CASE WHEN type IN ('product_view', 'add_to_cart', 'purchase') THEN 1 + floor(power(pg_temp.u(g, 182), 3) * 20000)::bigint END,
	CASE WHEN type IN ('product_view', 'add_to_cart', 'purchase') THEN '/product/' || (1 + floor(power(pg_temp.u(g, 182), 3) * 20000)::bigint) WHEN type = 'search' THEN '/search' WHEN type = 'checkout' THEN '/checkout'
		ELSE pg_temp.pick(ARRAY['/', '/', '/', '/category', '/about', '/help', '/account', '/sale'], pg_temp.u(g, 183)) END,
	CASE WHEN type = 'search' THEN jsonb_build_object('q', pg_temp.pick(ARRAY['lamp', 'oak chair', 'gift', 'backpack', 'mug', 'tent', 'sale'], power(pg_temp.u(g, 184), 2)), 'hits', floor(pg_temp.u(g, 185) * 200)::int)
		WHEN type = 'purchase' THEN jsonb_build_object('value', round((5 + exp(pg_temp.u(g, 186) * 5))::numeric, 2)) ELSE '{}' END
FROM (SELECT g, :'as_of'::timestamptz - interval '356 days' * (1 - power(g / 700000.0, 0.85)) - pg_temp.u(g, 187) * interval '20 seconds' AS t,
		CASE WHEN pg_temp.u(g, 188) < 0.45 THEN 'page_view' WHEN pg_temp.u(g, 188) < 0.57 THEN 'search' WHEN pg_temp.u(g, 188) < 0.88 THEN 'product_view'
			WHEN pg_temp.u(g, 188) < 0.95 THEN 'add_to_cart' WHEN pg_temp.u(g, 188) < 0.98 THEN 'checkout' ELSE 'purchase' END AS type
	FROM generate_series(1, 700000) g) s
ORDER BY g;

INSERT INTO analytics.events (id, occurred_at, session_id, customer_id, type, path)
SELECT 800000 + g, :'as_of'::timestamptz - interval '400 days' + g * interval '5 minutes', pg_temp.id(g, 190), NULL, 'page_view', '/' FROM generate_series(1, 1500) g;

REFRESH MATERIALIZED VIEW analytics.daily_sales;

SELECT setval(pg_get_serial_sequence(t, 'id'), CASE t WHEN 'analytics.events' THEN 900000 ELSE 500000 END)
FROM unnest(ARRAY['customers', 'addresses', 'products', 'product_variants', 'reviews', 'coupons', 'orders', 'payments', 'shipments', 'analytics.events']) t;

VACUUM ANALYZE;

-- Life goes on after the last ANALYZE: rows come, go and change, so that files are larger than relpages, some pages are no
-- longer all-visible, GIN indexes have pending entries, histograms end before the data does.

\echo drift
INSERT INTO orders (id, order_number, customer_id, status, channel, country, currency, total, metadata, placed_at, updated_at)
SELECT 450000 + g, (1000000000 + (450000 + g) * 7)::text, 1 + floor(pg_temp.u(g, 200) * 150000)::bigint, 'pending', 'app', 'US', 'USD', 10 + g % 90, '{"source": "campaign-3"}',
	:'as_of'::timestamptz - interval '30 minutes' + g * interval '150 milliseconds', :'as_of'
FROM generate_series(1, 9000) g;
INSERT INTO order_items (order_id, line, variant_id, quantity, unit_price)
SELECT 450000 + g, 1, 1 + floor(power(pg_temp.u(g, 201), 3) * 49000)::bigint, 1, 10 FROM generate_series(1, 9000) g;
INSERT INTO reviews (product_id, customer_id, rating, title, body)
SELECT 1 + floor(power(pg_temp.u(g, 202), 3) * 20000)::bigint, g, 5, 'Great', 'excellent quality term' || g FROM generate_series(1, 1500) g;
INSERT INTO analytics.events (occurred_at, session_id, type, path)
SELECT :'as_of'::timestamptz - interval '10 minutes' + g * interval '30 milliseconds', pg_temp.id(g, 203), 'page_view', '/sale' FROM generate_series(1, 20000) g;
UPDATE inventory SET reserved = least(on_hand, 3), updated_at = :'as_of' WHERE variant_id % 12 = 0;
UPDATE orders SET status = 'delivered', updated_at = :'as_of' WHERE status = 'shipped' AND id % 3 = 0;
DELETE FROM sessions WHERE expires_at < :'as_of'::timestamptz - interval '6 days';
INSERT INTO customers (id, email, full_name, country, created_at)
SELECT 150000 + g, 'new.customer' || g || '@example.org', 'New Customer', 'US', :'as_of'::timestamptz - interval '3 hours' + g * interval '10 seconds' FROM generate_series(1, 1000) g;

-- What happens to every schema in the end: an index rebuilt without a lock is younger than its neighbours, and a column that was tried is gone.
REINDEX INDEX CONCURRENTLY payments_order_id_idx;
REINDEX INDEX CONCURRENTLY reviews_product_id_created_at_idx;
ALTER TABLE carts ADD COLUMN experiment int;
ALTER TABLE carts DROP COLUMN experiment;

-- The settings of the server this stands for: fast disks and 16 GB of memory.
ALTER DATABASE :"DBNAME" SET random_page_cost = 1.1;
ALTER DATABASE :"DBNAME" SET effective_cache_size = '12GB';
ALTER DATABASE :"DBNAME" SET work_mem = '16MB';
ALTER DATABASE :"DBNAME" SET jit = off;
