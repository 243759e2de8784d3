import { expect, test } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import { testServer } from '../support/servers.ts';

const server = await testServer();

test.skipIf(server === null)('accepts sessions on its socket', async () => {
  if (server === null) return;
  const name = await server.createDatabase();
  const connection = await connect(server.url(name), 'target');
  const rows = await connection.query('SELECT current_user::text AS name');
  await connection.close();
  expect(rows).toEqual([{ name: 'postgres' }]);
  expect(await server.psql(name, 'SELECT 1; SELECT 2')).toBe('1\n2');
});
