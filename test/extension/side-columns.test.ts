import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { extensionFolder } from '../../src/target/index.ts';

/** A column of a side table, as `relid oid NOT NULL`. */
type Columns = readonly string[];

const script = await readFile(join(extensionFolder(), 'sql/regress_planner--0.1.sql'), 'utf8');
const layouts = await readFile(join(extensionFolder(), 'src/side_layouts.h'), 'utf8');
const sources = await readSources(join(extensionFolder(), '../src'));

/** Tables that the library reads: `gin_shadow` has no rows, and `restored` is for regress itself. */
const TABLES = ['relation', 'index', 'statistics_object', 'object'];

async function readSources(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  return (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

const list = (text: string): string[] => text.split(',').map((item) => item.trim().replaceAll(/\s+/g, ' '));

/** The columns of `CREATE TABLE`, by table. */
function columnsOfScript(): Map<string, Columns> {
  const tables = script.matchAll(/CREATE TABLE regress_planner\.(\w+) \(\n([^)]*)\n\)/g);
  return new Map(
    [...tables].map(([, table = '', columns = '']) => [
      table,
      list(columns).map((column) => column.replace('PRIMARY KEY', 'NOT NULL')),
    ]),
  );
}

/** The columns that the library expects, by table: `#define INDEX_COLUMNS(COLUMN) …`. */
function columnsOfLibrary(): Map<string, Columns> {
  const tables = layouts.matchAll(/#define (\w+)_COLUMNS\(COLUMN\)((?: \\\n\tCOLUMN\(.*\))+)/g);
  return new Map(
    [...tables].map(([, table = '', columns = '']) => [
      table.toLowerCase(),
      [...columns.matchAll(/COLUMN\(\w+, "(\w+)", (\w+)OID, (true|false)\)/g)].map(
        ([, name, type = '', required]) => `${name} ${type.toLowerCase()}${required === 'true' ? ' NOT NULL' : ''}`,
      ),
    ]),
  );
}

const withoutConstraints = (columns: Columns) => columns.map((column) => column.replace(' NOT NULL', ''));
const namesOf = (columns: Columns) => columns.map((column) => column.split(' ')[0]);

it('expects the columns that the script creates, in their order', () => {
  const created = columnsOfScript();
  expect([...columnsOfLibrary()]).toEqual(TABLES.map((table) => [table, created.get(table)]));
});

const namesIn = (insert: string) => list(insert.match(/^[^(]*\(([^)]*)\)/)?.[1] ?? '');

it.each(TABLES)('inserts into all columns of %s, in their order', (table) => {
  const columns = columnsOfScript().get(table) ?? [];
  const inserts = sources.match(new RegExp(`INSERT INTO regress_planner\\.${table}\\b[^;\`]*`, 'g')) ?? [];
  for (const insert of inserts) expect(namesOf(columns), insert).toEqual(expect.arrayContaining(namesIn(insert)));

  const [insert = '', ...others] = inserts.filter((insert) => insert.includes('json_to_recordset'));
  expect(others).toEqual([]);
  const [, selected = ''] = insert.match(/\nSELECT ([\s\S]*?)\s+FROM /) ?? [];
  const [, record = ''] = insert.match(/ AS r\(([^)]*)\)/) ?? [];
  expect(namesIn(insert)).toEqual(namesOf(columns));
  expect(list(selected).map((value) => value.replace(/^r\.(\w+)(::[\w.]+)?$/, '$1'))).toEqual(namesOf(columns));
  // A shadow has no OID yet when its row is made, only a name.
  expect(list(record).map((column) => column.replace('gin_shadow text', 'gin_shadow oid'))).toEqual(
    withoutConstraints(columns),
  );
});
