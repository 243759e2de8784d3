-- A schema whose catalogs are worth planning for: many relations of many kinds, and catalogs that drifted since ANALYZE.
CREATE SCHEMA sales;
CREATE SCHEMA stock;
CREATE SCHEMA "Odd Names";
CREATE TYPE sales.state AS ENUM ('open', 'paid', 'sent', 'returned');
CREATE DOMAIN stock.amount AS int CHECK (VALUE >= 0);
CREATE TABLE public.account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text UNIQUE NOT NULL, made timestamptz DEFAULT now());
CREATE TABLE sales.customer (id serial PRIMARY KEY, account_id bigint REFERENCES public.account, name varchar(80) NOT NULL,
  state sales.state DEFAULT 'open', born date, tags text[], note text);
CREATE TABLE "Odd Names"."Größe" ("Art.Nr" int PRIMARY KEY, "select" text);
DO $$
DECLARE s text; c text;
BEGIN
  FOR i IN 1..240 LOOP
    s := (ARRAY['public', 'sales', 'stock'])[1 + i % 3];
    SELECT string_agg(format('f%s %s', n, (ARRAY['int', 'text', 'numeric(10,2)', 'timestamptz', 'jsonb', 'bool'])[1 + (n - 1) % 6]), ', ')
      INTO c FROM generate_series(1, 3 + (i * i) % 37) AS n;
    EXECUTE format('CREATE TABLE %I.item_%s (id bigserial PRIMARY KEY, customer_id int REFERENCES sales.customer, %s)', s, i, c);
    IF i % 2 = 0 THEN EXECUTE format('CREATE INDEX item_%s_customer ON %I.item_%s (customer_id, f1)', i, s, i); END IF;
    IF i % 5 = 0 THEN EXECUTE format('ALTER TABLE %I.item_%s ADD CHECK (f1 > 0), ALTER f2 SET DEFAULT ''none''', s, i); END IF;
    IF i % 4 = 0 THEN EXECUTE format('COMMENT ON TABLE %I.item_%s IS ''what item %s is for''', s, i, i); END IF;
    IF i % 6 = 0 THEN EXECUTE format('COMMENT ON COLUMN %I.item_%s.f1 IS ''count of %s''', s, i, i); END IF;
    IF i % 7 = 0 THEN EXECUTE format('CREATE VIEW %I.item_%s_recent AS SELECT * FROM %I.item_%s WHERE id > 10', s, i, s, i); END IF;
    IF i % 3 = 0 THEN EXECUTE format('CREATE FUNCTION %I.touch_%s(a int, b text DEFAULT ''x'') RETURNS int LANGUAGE sql AS ''SELECT a''', s, i); END IF;
    IF i % 8 = 0 THEN EXECUTE format('CREATE TYPE %I.kind_%s AS ENUM (''a'', ''b'', ''c'', ''d'')', s, i); END IF;
  END LOOP;
END $$;
CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
DO $$ BEGIN
  FOR i IN 1..60 LOOP
    EXECUTE format('CREATE TRIGGER stamp BEFORE UPDATE ON %I.item_%s FOR EACH ROW EXECUTE FUNCTION public.stamp()', (ARRAY['public', 'sales', 'stock'])[1 + i % 3], i);
  END LOOP;
END $$;
CREATE TABLE sales.event (id bigint, at date NOT NULL, what text) PARTITION BY RANGE (at);
DO $$ BEGIN
  FOR i IN 0..35 LOOP
    EXECUTE format('CREATE TABLE sales.event_%s PARTITION OF sales.event FOR VALUES FROM (%L) TO (%L)', i,
      date '2023-01-01' + make_interval(months => i), date '2023-01-01' + make_interval(months => i + 1));
  END LOOP;
END $$;
CREATE INDEX event_at ON sales.event (at);
CREATE MATERIALIZED VIEW sales.totals AS SELECT state, count(*) AS n FROM sales.customer GROUP BY state;
CREATE AGGREGATE sales.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = 1);
CREATE STATISTICS sales.customer_names ON name, state FROM sales.customer;
ALTER TABLE sales.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sales.customer USING (account_id = 1);
