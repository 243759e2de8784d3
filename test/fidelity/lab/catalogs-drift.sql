-- Dead rows and rows that no ANALYZE has seen.
VACUUM ANALYZE;
DO $$ BEGIN
  FOR i IN 1..60 LOOP
    EXECUTE format('CREATE TABLE public.gone_%s (a int PRIMARY KEY, b text, c text, d int UNIQUE)', i);
  END LOOP;
END $$;
ANALYZE pg_class;
DO $$ BEGIN
  FOR i IN 1..60 LOOP
    EXECUTE format('DROP TABLE public.gone_%s', i);
  END LOOP;
END $$;
CREATE TABLE stock.late AS SELECT 1 AS a, 2 AS b, 3 AS c;
CREATE TABLE stock.later (LIKE sales.customer INCLUDING ALL);
