import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { takeSnapshot } from '../../src/snapshot/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';
import { forbiddenStatements, tracedStatements } from '../support/trace.ts';

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('what a snapshot sends to PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    database = await server.createDatabase();
    await server.psql('postgres', 'CREATE ROLE traced LOGIN IN ROLE pg_read_all_data');
    await server.psql(database, await readFile(new URL('everything.sql', import.meta.url), 'utf8'));
  });

  const session = (role: string): Promise<Connection> =>
    connect(server.url(database).replace('://postgres@', `://${role}@`), 'source');

  const take = async (connection: Connection) => {
    const options = { values: true, allowPartial: true, progress: SILENT, regressVersion: 'test' };
    return takeSnapshot(connection, join(await temporaryFolder(), 's'), options);
  };

  it.each(['postgres', 'traced'])('reads, plans and sets for its transaction only, as %s', async (role) => {
    const statements = await tracedStatements(server, database, async () => {
      const connection = await session(role);
      await take(connection);
      await connection.close();
    });
    expect(statements.length).toBeGreaterThan(20);
    expect(statements.filter((statement) => statement.startsWith('BEGIN'))).toHaveLength(1);
    expect(forbiddenStatements(statements, major)).toEqual([]);
  });

  it('begins another transaction where one is refused, with the same limits, and says so', async () => {
    const locker = await session('postgres');
    await locker.run('BEGIN; LOCK TABLE public.duplicates IN ACCESS EXCLUSIVE MODE');
    let transactions: number | undefined;
    const statements = await tracedStatements(server, database, async () => {
      const connection = await session('postgres');
      transactions = (await take(connection)).transactions;
      await connection.close();
    });
    await locker.close();
    const begins = statements.filter((statement) => statement.startsWith('BEGIN'));
    expect(transactions).toBe(begins.length);
    expect(begins.length).toBeGreaterThan(1);
    expect(new Set(begins)).toEqual(new Set(['BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY']));
    expect(statements.filter((statement) => statement.startsWith('SET LOCAL lock_timeout'))).toHaveLength(
      begins.length,
    );
    expect(forbiddenStatements(statements, major)).toEqual([]);
  });
});
