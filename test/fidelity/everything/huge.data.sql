-- Rows that are all null are the shortest there are: 2^24 of them and some more.
INSERT INTO huge SELECT NULL FROM generate_series(1, 16777216 + 101);
VACUUM (ANALYZE) huge;
