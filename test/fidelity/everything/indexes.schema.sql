-- Every access method and every option of an index that the planner heeds.
CREATE TABLE thing (
  id bigint PRIMARY KEY, a int, b int, c text, d date, e numeric, f text, at timestamptz, tags int[], data jsonb, w tsvector, r int4range, flag bool);
CREATE INDEX thing_desc ON thing (a DESC, b ASC NULLS FIRST);
CREATE INDEX thing_nulls_first ON thing (d NULLS FIRST);
CREATE INDEX thing_nulls_last ON thing (e DESC NULLS LAST);
CREATE UNIQUE INDEX thing_include ON thing (c, id) INCLUDE (a, d);
CREATE INDEX thing_pattern ON thing (c text_pattern_ops);
CREATE INDEX thing_other_collation ON thing (f COLLATE "POSIX");
CREATE INDEX thing_no_duplicates ON thing (b) WITH (deduplicate_items = off);
CREATE INDEX thing_loose ON thing (at) WITH (fillfactor = 30);
CREATE INDEX thing_partial ON thing (a) WHERE flag;
CREATE INDEX thing_partial_2 ON thing (at) WHERE a IS NULL AND b > 100;
CREATE UNIQUE INDEX thing_partial_unique ON thing (id) WHERE e > 9000;
CREATE INDEX thing_expression ON thing (lower(c), (a + b));
CREATE INDEX thing_expression_2 ON thing ((data ->> 'k') DESC, (abs(a)));
CREATE INDEX thing_expression_partial ON thing ((a % 10)) WHERE b IS NOT NULL;
CREATE INDEX thing_opclass ON thing (f varchar_ops);
CREATE INDEX thing_hash ON thing USING hash (c) WITH (fillfactor = 50);
CREATE INDEX thing_hash_partial ON thing USING hash (a) WHERE flag;
CREATE INDEX thing_gin ON thing USING gin (tags) WITH (fastupdate = off);
CREATE INDEX thing_gin_pending ON thing USING gin (tags, data) WITH (fastupdate = on, gin_pending_list_limit = 4096);
CREATE INDEX thing_gin_paths ON thing USING gin (data jsonb_path_ops) WHERE flag;
CREATE INDEX thing_gin_words ON thing USING gin (w);
CREATE INDEX thing_gin_expression ON thing USING gin (to_tsvector('simple', c));
CREATE INDEX thing_gist ON thing USING gist (r) WITH (fillfactor = 60, buffering = off);
CREATE INDEX thing_gist_words ON thing USING gist (w tsvector_ops (siglen = 32));
CREATE INDEX thing_gist_include ON thing USING gist (r) INCLUDE (a);
CREATE INDEX thing_spgist ON thing USING spgist (c);
CREATE INDEX thing_spgist_include ON thing USING spgist (r) INCLUDE (b);
CREATE INDEX thing_brin ON thing USING brin (id) WITH (pages_per_range = 1);
CREATE INDEX thing_brin_auto ON thing USING brin (at) WITH (autosummarize = on);
CREATE INDEX thing_brin_multi ON thing USING brin (at timestamptz_minmax_multi_ops (values_per_range = 16), d date_minmax_multi_ops) WITH (pages_per_range = 8);
CREATE INDEX thing_brin_bloom ON thing USING brin (c text_bloom_ops (n_distinct_per_range = 50), a int4_bloom_ops) WITH (pages_per_range = 4);
CREATE INDEX thing_brin_inclusion ON thing USING brin (r range_inclusion_ops) WITH (pages_per_range = 2);
CREATE INDEX thing_brin_partial ON thing USING brin (b) WITH (pages_per_range = 2) WHERE flag;
ALTER TABLE thing ADD CONSTRAINT thing_apart EXCLUDE USING gist (int4range(id::int, id::int, '[]') WITH &&);

-- Equal in all the planner sees: the first made wins, and a dump makes them in the order of their names.
CREATE TABLE twin (a int, b int, c int);
CREATE INDEX twin_z ON twin (a);
CREATE INDEX twin_a ON twin (a);
CREATE INDEX twin_m ON twin (a, b);
CREATE INDEX twin_b ON twin (a, c);
CREATE STATISTICS twin_z (mcv, ndistinct) ON a, b FROM twin;
CREATE STATISTICS twin_a (mcv, ndistinct) ON b, c FROM twin;
CREATE STATISTICS twin_m (dependencies) ON a, c FROM twin;

CREATE TABLE parent_of_thing (id bigint PRIMARY KEY, thing_id bigint REFERENCES thing (id), note text);
CREATE INDEX parent_of_thing_thing ON parent_of_thing (thing_id);
