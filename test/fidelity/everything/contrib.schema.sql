-- Types and index methods of PostgreSQL's own extensions, some of them in a schema that is on no search_path.
CREATE SCHEMA "My Ext";
CREATE EXTENSION citext SCHEMA "My Ext";
CREATE EXTENSION hstore SCHEMA "My Ext";
CREATE EXTENSION ltree;
CREATE EXTENSION cube;
CREATE EXTENSION seg;
CREATE EXTENSION isn;
CREATE EXTENSION intarray SCHEMA "My Ext";
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gin;
CREATE EXTENSION btree_gist;
CREATE EXTENSION bloom;
CREATE EXTENSION earthdistance;

CREATE TABLE contrib (
  id int PRIMARY KEY, ci "My Ext".citext, h "My Ext".hstore, path ltree, c cube, s seg, book isbn, ean ean13, cis "My Ext".citext[], paths ltree[],
  name text, ints int[], kind int, place point);
CREATE INDEX ON contrib (ci);
CREATE INDEX ON contrib USING hash (ci);
CREATE INDEX ON contrib (h "My Ext".btree_hstore_ops);
CREATE INDEX ON contrib USING gin (h "My Ext".gin_hstore_ops);
CREATE INDEX ON contrib USING gist (h "My Ext".gist_hstore_ops);
CREATE INDEX ON contrib (path);
CREATE INDEX ON contrib USING gist (path);
CREATE INDEX ON contrib USING gist (paths);
CREATE INDEX ON contrib (c);
CREATE INDEX ON contrib USING gist (c);
CREATE INDEX ON contrib (s);
CREATE INDEX ON contrib USING gist (s);
CREATE INDEX ON contrib (book);
CREATE INDEX ON contrib (ean);
CREATE INDEX ON contrib USING gin (name gin_trgm_ops);
CREATE INDEX ON contrib USING gist (name gist_trgm_ops);
CREATE INDEX ON contrib USING gin (ints "My Ext".gin__int_ops);
CREATE INDEX ON contrib USING gist (ints "My Ext".gist__int_ops);
CREATE INDEX ON contrib USING gin (kind, name gin_trgm_ops);
CREATE INDEX ON contrib USING gist (kind, name);
CREATE INDEX ON contrib USING bloom (kind, name) WITH (length = 64, col1 = 3);
CREATE INDEX ON contrib USING gist (ll_to_earth(place[0], place[1]));
