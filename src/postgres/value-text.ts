/**
 * Under these settings a value, or the name of a type, operator or collation, has one text, and a text has one meaning,
 * whatever the session's own settings are. Snapshots are written and restored under them.
 */
export const VALUE_TEXT_SETTINGS_SQL = `SET LOCAL search_path = '';
SET LOCAL extra_float_digits = 1;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'iso_8601';
SET LOCAL TimeZone = 'UTC';
SET LOCAL bytea_output = 'hex';
SET LOCAL lc_monetary = 'C';
SET LOCAL xmloption = 'content'`;
