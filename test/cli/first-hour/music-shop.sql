-- A shop for music, small enough to be filled in a second and large enough for its indexes to matter.
CREATE TABLE artist (artist_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE album (album_id int PRIMARY KEY, title text NOT NULL, artist_id int NOT NULL REFERENCES artist);
CREATE TABLE genre (genre_id int PRIMARY KEY, name text);
CREATE TABLE media_type (media_type_id int PRIMARY KEY, name text);
CREATE TABLE track (
  track_id int PRIMARY KEY, name text NOT NULL, album_id int REFERENCES album, media_type_id int NOT NULL REFERENCES media_type,
  genre_id int REFERENCES genre, composer text, milliseconds int NOT NULL, bytes int, unit_price numeric(10,2) NOT NULL);
CREATE TABLE playlist (playlist_id int PRIMARY KEY, name text);
CREATE TABLE playlist_track (playlist_id int REFERENCES playlist, track_id int REFERENCES track, PRIMARY KEY (playlist_id, track_id));
CREATE TABLE employee (employee_id int PRIMARY KEY, last_name text NOT NULL, reports_to int REFERENCES employee);
CREATE TABLE customer (
  customer_id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, country text, email text NOT NULL,
  support_rep_id int REFERENCES employee);
CREATE TABLE invoice (
  invoice_id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, invoice_date timestamp NOT NULL,
  billing_country text, total numeric(10,2) NOT NULL);
CREATE TABLE invoice_line (
  invoice_line_id int PRIMARY KEY, invoice_id int NOT NULL REFERENCES invoice, track_id int NOT NULL REFERENCES track,
  unit_price numeric(10,2) NOT NULL, quantity int NOT NULL);
CREATE INDEX album_artist_id_idx ON album (artist_id);
CREATE INDEX track_album_id_idx ON track (album_id);
CREATE INDEX invoice_customer_id_idx ON invoice (customer_id);
CREATE INDEX invoice_line_invoice_id_idx ON invoice_line (invoice_id);

INSERT INTO artist SELECT g, 'artist ' || g FROM generate_series(1, 275) g;
INSERT INTO album SELECT g, 'album ' || g, 1 + g % 275 FROM generate_series(1, 1500) g;
INSERT INTO genre SELECT g, 'genre ' || g FROM generate_series(1, 25) g;
INSERT INTO media_type SELECT g, 'type ' || g FROM generate_series(1, 5) g;
INSERT INTO track SELECT g, 'track ' || g, 1 + g % 1500, 1 + g % 5, 1 + g % 25, 'composer ' || g % 900, 200000 + g, 5000000 + g, 0.99
  FROM generate_series(1, 18000) g;
INSERT INTO playlist SELECT g, 'playlist ' || g FROM generate_series(1, 18) g;
INSERT INTO playlist_track SELECT 1 + g % 18, 1 + g % 8999 FROM generate_series(1, 9000) g ON CONFLICT DO NOTHING;
INSERT INTO employee SELECT g, 'employee ' || g, nullif(g / 3, 0) FROM generate_series(1, 8) g;
INSERT INTO customer SELECT g, 'first ' || g, 'last ' || g, 'country ' || g % 24, g || '@example.org', 1 + g % 8 FROM generate_series(1, 2000) g;
INSERT INTO invoice SELECT g, 1 + g % 2000, timestamp '2021-01-01' + g * interval '1 hour', 'country ' || g % 24, g % 20
  FROM generate_series(1, 12000) g;
INSERT INTO invoice_line SELECT g, 1 + g % 12000, 1 + g % 18000, 0.99, 1 FROM generate_series(1, 60000) g;
VACUUM ANALYZE;
