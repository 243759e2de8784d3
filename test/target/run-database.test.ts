import { expect, it } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import { createRunDatabase } from '../../src/target/run-database.ts';
import { testServer } from '../support/servers.ts';
import { aSnapshot } from '../support/snapshot-builders.ts';

const server = await testServer();

it.runIf(server)('drops its database when the server crashed and recovers', async () => {
  if (server === null) return;
  const url = server.url('postgres');
  const database = await createRunDatabase(url, aSnapshot([]).manifest);
  expect(await server.psql('postgres', `SELECT count(*) FROM pg_database WHERE datname = '${database.name}'`)).toBe(
    '1',
  );
  const session = await connect(url, 'target');
  const [row] = await session.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  // The server ends all sessions, and accepts none until it has recovered.
  process.kill(row?.pid as number, 'SIGKILL');
  await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'connection' });
  await database.drop();
  expect(await server.psql('postgres', `SELECT count(*) FROM pg_database WHERE datname = '${database.name}'`)).toBe(
    '0',
  );
  await session.close().catch(() => undefined);
});
