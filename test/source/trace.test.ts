import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import { takeSnapshot } from '../../src/source/index.ts';
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
    const options = { values: true, allowPartial: true, patience: 0, progress: SILENT, regressVersion: 'test' };
    return takeSnapshot(connection, join(await temporaryFolder(), 's'), options);
  };

  it.each(['postgres', 'traced'])('reads, plans and sets for its transaction only, as %s', async (role) => {
    const statements = await tracedStatements(server, database, async () => {
      const connection = await session(role);
      await take(connection);
      await connection.close();
    });
    expect(statements.length).toBeGreaterThan(20);
    expect(transactionsOf(statements).filter((one) => !isLimited(one))).toEqual([]);
    expect(forbiddenStatements(statements, major)).toEqual([]);
  });

  it('begins another transaction where one is refused, with the same limits, and counts them all', async () => {
    const locker = await session('postgres');
    await locker.run('BEGIN; LOCK TABLE public.duplicates IN ACCESS EXCLUSIVE MODE');
    let transactions: number | undefined;
    const statements = await tracedStatements(server, database, async () => {
      const connection = await session('postgres');
      transactions = (await take(connection)).transactions;
      await connection.close();
    });
    await locker.close();
    const traced = transactionsOf(statements);
    expect(transactions).toBe(traced.length);
    expect(new Set(traced.map(([begin]) => begin))).toEqual(
      new Set(['BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY']),
    );
    expect(traced.filter((one) => !isLimited(one))).toEqual([]);
    expect(forbiddenStatements(statements, major)).toEqual([]);
  });
});

function transactionsOf(statements: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const statement of statements) {
    if (statement.startsWith('BEGIN')) found.push([]);
    found.at(-1)?.push(statement);
  }
  return found;
}

/** Whether a transaction has its limits before it looks at any table, and ends by itself where nobody ends it. */
function isLimited(transaction: readonly string[]): boolean {
  if (transaction.some((statement) => statement.includes('AS standby'))) return true;
  const before = transaction.slice(
    0,
    transaction.findIndex((statement) => /^EXPLAIN|^SELECT \d+ AS branch|pg_relation_size/.test(statement)),
  );
  const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
  return limits.every((name) => before.some((statement) => statement.startsWith(`SET LOCAL ${name}`)));
}
