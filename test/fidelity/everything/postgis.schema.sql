CREATE SCHEMA gis;
CREATE EXTENSION postgis SCHEMA gis;
SET search_path = public, gis;
CREATE TABLE spot (
  id int PRIMARY KEY, g geometry(Point, 4326), area geometry, solid geometry(PointZ), pos geography, at timestamptz, kind int, outline gis.box2d);
CREATE INDEX ON spot USING gist (g);
CREATE INDEX ON spot USING gist (area);
CREATE INDEX ON spot USING gist (solid gist_geometry_ops_nd);
CREATE INDEX ON spot USING gist (pos);
CREATE INDEX ON spot USING spgist (area);
CREATE INDEX ON spot USING brin (g) WITH (pages_per_range = 4);
CREATE INDEX ON spot USING brin (pos) WITH (pages_per_range = 4);
CREATE INDEX ON spot (g);
CREATE INDEX ON spot USING hash (area);
CREATE INDEX ON spot USING gist (ST_Transform(g, 3857));
CREATE INDEX ON spot USING gist (g) WHERE kind = 3;
RESET search_path;
