import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extensionFolder } from '../../src/target/index.ts';
import type { TestServer } from '../support/servers.ts';

/**
 * A database with the two schemas of the extension's own tests, `production` and `clone`, and their `restore()`.
 * The extension is made by its script and the library's path, as regress itself makes it.
 */
export async function twinSchemas(server: TestServer): Promise<string> {
  const database = await server.createDatabase();
  const library = await server.library();
  const script = await readFile(join(extensionFolder(), 'sql/regress_planner--0.1.sql'), 'utf8');
  const setup = await readFile(join(extensionFolder(), 'test/sql/setup.sql'), 'utf8');
  const plain = script.replaceAll('MODULE_PATHNAME', library).replaceAll('@extowner@', 'CURRENT_USER');
  const extension = `CREATE SCHEMA regress_planner;\n${plain}`;
  await server.psql(
    database,
    setup
      .replace('CREATE EXTENSION regress_planner;', () => extension)
      .replace("''regress_planner''", () => `''${library}''`),
  );
  return database;
}

/** A table of each index kind that the planner asks about more than its size, grown since it was analysed; restored. */
export const FILL_TWINS = `
  CALL in_both('CREATE TABLE items (id int PRIMARY KEY, at timestamptz, tags int[]) WITH (autovacuum_enabled = off)');
  CALL in_both('CREATE INDEX items_at ON items (at)');
  CALL in_both('CREATE INDEX items_tags ON items USING gin (tags)');
  CALL in_both('CREATE INDEX items_brin ON items USING brin (at) WITH (pages_per_range = 1)');
  INSERT INTO production.items
    SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 minute', ARRAY[i % 5, i % 7, i] FROM generate_series(1, 8000) AS i;
  VACUUM ANALYZE production.items;
  INSERT INTO production.items
    SELECT i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 minute', ARRAY[i % 5, i % 7, i] FROM generate_series(8001, 9000) AS i;
  SELECT restore('items');
`;
