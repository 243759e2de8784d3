import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Connection, connect, DatabaseError } from '../../src/postgres/index.ts';
import { after, type Fault, type FaultyFront, faultyFront } from '../support/faulty-front.ts';
import { type TestServer, testServer } from '../support/servers.ts';

const server = await testServer();

/** On a machine that is busy. */
const PATIENCE = { timeout: 120_000 };

describe.skipIf(server === null)('a connection that is lost', () => {
  const { url, psql } = server as TestServer;
  let front: FaultyFront;
  let connection: Connection;

  beforeAll(async () => {
    front = await faultyFront(url('postgres'));
    return () => front.close();
  });
  afterEach(() => connection?.close());

  /** A session with some answers behind it, whose next answers are harmed. */
  const harmed = async (then: (piece: Buffer) => Buffer | 'keep' | 'cut', seconds = 0.5): Promise<Connection> => {
    let isHarmed = false;
    front.harm((piece, count) => (isHarmed ? after(0, then)(piece, count) : piece));
    connection = await connect(front.url('postgres'), 'target', { ms: seconds * 1000, since: 'byte' });
    await connection.query('SELECT 1');
    isHarmed = true;
    return connection;
  };

  const LOST = { code: 'connection', message: expect.stringMatching(/^lost the connection to the target postgresql:/) };
  const OVERDUE = { code: 'connection', message: expect.stringMatching(/did not answer within 0.5 s$/) };

  test.each<[string, (piece: Buffer) => Buffer | 'keep' | 'cut']>([
    ['cut before the answer', () => 'cut'],
    ['of an unknown message', (piece) => Buffer.from(piece).fill(0x21, 0, 1)],
    // The first row says that it has 16,000 columns, the first of which is longer than the message.
    ['of a row that is none', () => Buffer.from('44000000083e803e80ff', 'hex')],
    ['of a message without an end', () => Buffer.concat([Buffer.from('540000000a0001', 'hex'), Buffer.alloc(40, 65)])],
    ['of an answer nobody asked for', () => Buffer.from(`${'3100000004'.repeat(3)}5200000008000000ff`, 'hex')],
  ])('%s', async (_, then) => {
    const session = await harmed(then);
    await expect(session.query('SELECT relname FROM pg_class')).rejects.toMatchObject({ code: 'connection' });
    await expect(session.run('ROLLBACK')).rejects.toMatchObject({ code: 'connection' });
  });

  test.each([
    ['json', `SELECT '{"a": true}'::json`],
    ['jsonb', `SELECT '{"a": true}'::jsonb`],
    ['a list of json', `SELECT ARRAY['{"a": true}'::json]`],
  ])('of a value that is none: %s', async (_, statement) => {
    const session = await harmed((piece) => Buffer.from(piece.toString('latin1').replace('true', 'fats'), 'latin1'));
    await expect(session.query(statement)).rejects.toMatchObject({
      ...LOST,
      detail: expect.stringContaining('a value that is not valid for its type'),
    });
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'connection' });
  });

  test('in the middle of a message', async () => {
    let isCut = false;
    const session = await harmed((piece) => {
      if (isCut) return 'cut';
      isCut = true;
      return piece.subarray(0, piece.length / 2);
    });
    // The rest comes with the end of the second half, which never comes.
    await expect(session.query(`SELECT repeat('x', 100)`)).rejects.toMatchObject(OVERDUE);
  });

  test('says what the server said last, and is no answer to a statement', async () => {
    front.harm(null);
    connection = await connect(front.url('postgres'), 'target');
    const [row] = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const sleeping = connection.query('SELECT pg_sleep(20)');
    const ended = expect(sleeping).rejects.toMatchObject({
      ...LOST,
      detail: expect.stringContaining('terminating connection due to administrator command'),
      cause: expect.objectContaining({ code: '57P01' }),
    });
    await vi.waitFor(
      async () =>
        expect(await psql('postgres', `SELECT state FROM pg_stat_activity WHERE pid = ${row?.pid}`)).toBe('active'),
      PATIENCE,
    );
    await psql('postgres', `SELECT pg_terminate_backend(${row?.pid})`);
    await ended;
    await expect(sleeping).rejects.not.toBeInstanceOf(DatabaseError);
  });

  test('between two statements is told by the next', async () => {
    front.harm(null);
    connection = await connect(front.url('postgres'), 'target');
    const [row] = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await psql('postgres', `SELECT pg_terminate_backend(${row?.pid})`);
    await vi.waitFor(() => expect(connection.query('SELECT 1')).rejects.toMatchObject(LOST), PATIENCE);
  });

  test('shows the end of the log where the server is ours', async () => {
    const other = await testServer();
    connection = await connect(other?.url('postgres') ?? '', 'target');
    await psql('postgres', `DO $$ BEGIN RAISE LOG 'said before the end'; END $$`);
    const [row] = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await psql('postgres', `SELECT pg_terminate_backend(${row?.pid})`);
    await expect(connection.query('SELECT 1')).rejects.toMatchObject({
      detail: expect.stringMatching(/The server's log ends with:\n[\s\S]*said before the end/),
    });
  });

  test('a refused statement leaves the session as it was', async () => {
    front.harm(null);
    connection = await connect(front.url('postgres'), 'target');
    for (const broken of ['SELECT nowhere', 'SELECT 1 / 0']) {
      await expect(connection.query(broken)).rejects.toBeInstanceOf(DatabaseError);
      await expect(connection.run(broken)).rejects.toBeInstanceOf(DatabaseError);
    }
    await expect(connection.parameterTypes('SELECT nowhere')).rejects.toBeInstanceOf(DatabaseError);
    expect(await Promise.all([1, 2, 3].map((n) => connection.query(`SELECT ${n} AS n`)))).toEqual([
      [{ n: 1 }],
      [{ n: 2 }],
      [{ n: 3 }],
    ]);
  });
});

describe.skipIf(server === null)('a server that does not answer', () => {
  const { url } = server as TestServer;
  let front: FaultyFront;
  let connection: Connection | undefined;

  beforeAll(async () => {
    front = await faultyFront(url('postgres'));
    return () => front.close();
  });
  afterEach(async () => {
    await connection?.close();
    connection = undefined;
  });

  const stalling = async (since: 'byte' | 'statement' = 'byte') => {
    let isStalled = false;
    const fault: Fault = (piece) => (isStalled ? 'keep' : piece);
    front.harm(fault);
    connection = await connect(front.url('postgres'), 'target', { ms: 500, since });
    return {
      session: connection,
      stall: () => {
        isStalled = true;
      },
    };
  };

  test.each<[string, (session: Connection) => Promise<unknown>]>([
    ['SELECT', (session) => session.query('SELECT 1')],
    ['COMMIT', (session) => session.run('COMMIT')],
    ['EXPLAIN', (session) => session.parameterTypes('EXPLAIN SELECT 1')],
  ])('%s is given up, and the session with it', async (statement, ask) => {
    const { session, stall } = await stalling();
    stall();
    await expect(ask(session)).rejects.toMatchObject({
      code: 'connection',
      message: expect.stringMatching(/^the target postgresql:\S+ did not answer within 0.5 s$/),
      detail: expect.stringContaining(`Waited for the answer to ${statement}, then closed`),
      hint: expect.stringContaining('REGRESS_CLIENT_TIMEOUT='),
    });
    // The next one does not wait as long again.
    const next = session.query('SELECT 1').catch((error: unknown) => error);
    await expect(Promise.race([next, sleep(500, 'waited')])).resolves.toMatchObject({ code: 'connection' });
  });

  const TALKING = `DO $$ BEGIN FOR i IN 1..30 LOOP PERFORM pg_sleep(0.05); RAISE NOTICE 'still here'; END LOOP; END $$`;

  test('is one that is silent, not one that takes long', async () => {
    const { session } = await stalling();
    await expect(session.run(TALKING)).resolves.toEqual([]);
  });

  test('is one that talks and never answers, too', async () => {
    front.harm(null);
    connection = await connect(front.url('postgres'), 'target', { ms: 200, since: 'byte' });
    const endless = `DO $$ BEGIN LOOP PERFORM pg_sleep(0.02); RAISE NOTICE 'still here'; END LOOP; END $$`;
    const begun = Date.now();
    await expect(connection.run(endless)).rejects.toMatchObject({ code: 'connection' });
    expect(Date.now() - begun).toBeGreaterThan(3900);
  });

  test('has a limit for all of a statement where one is set', async () => {
    const { session } = await stalling('statement');
    await expect(session.run(TALKING)).rejects.toMatchObject({ code: 'connection' });
  });

  test('is not waited for when the session is closed', async () => {
    vi.stubEnv('REGRESS_CLIENT_TIMEOUT', '0.5');
    // The front takes the farewell and keeps the connection open.
    const deaf = await deafAfter(url('postgres'));
    const session = await connect(deaf.url, 'target');
    deaf.stopHearing();
    const begun = Date.now();
    await session.close();
    expect(Date.now() - begun).toBeLessThan(3000);
    deaf.close();
  });

  test.each(['', '1 s', '-1', '0', '1e99'])('REGRESS_CLIENT_TIMEOUT may not be %j', async (value) => {
    vi.stubEnv('REGRESS_CLIENT_TIMEOUT', value);
    const attempt = connect(url('postgres'), 'target').then((session) => session.close());
    if (value === '') await attempt;
    else await expect(attempt).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a session that does not open in time', () => {
  const opened: Server[] = [];
  afterAll(() => {
    for (const server of opened) server.close();
  });

  /** A server that answers the first message thus, and then never. */
  const answering = async (first: Buffer | null): Promise<number> => {
    const held: Socket[] = [];
    const server = createServer((socket) => {
      held.push(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => void (first !== null && socket.write(first)));
    });
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  };

  const PASSWORD = Buffer.from('520000000800000003', 'hex');

  test.each([
    ['that says nothing', null, 'disable'],
    ['that begins TLS and says nothing more', Buffer.from('S'), 'require'],
    ['that asks for the password and says nothing more', PASSWORD, 'disable'],
  ])('at a server %s', async (_, first, sslmode) => {
    vi.stubEnv('REGRESS_CLIENT_TIMEOUT', '0.5');
    const port = await answering(first);
    const begun = Date.now();
    await expect(connect(`postgresql://u:p@127.0.0.1:${port}/d?sslmode=${sslmode}`, 'source')).rejects.toMatchObject({
      code: 'connection',
      detail: 'there was no answer within 0.5 s.',
    });
    expect(Date.now() - begun).toBeLessThan(5000);
  });

  test('at a server of another protocol', async () => {
    const port = await answering(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    vi.stubEnv('REGRESS_CLIENT_TIMEOUT', '1');
    await expect(connect(`postgresql://u:p@127.0.0.1:${port}/d?sslmode=disable`, 'source')).rejects.toMatchObject({
      code: 'connection',
    });
  });
});

/** A way to a server that at some time hears nothing more, and keeps the connection open. */
async function deafAfter(serverUrl: string): Promise<{ url: string; stopHearing(): void; close(): void }> {
  const parsed = new URL(serverUrl.replace('@/', '@h/'));
  const { connect: open } = await import('node:net');
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = open(`${parsed.searchParams.get('host')}/.s.PGSQL.${parsed.searchParams.get('port')}`);
    sockets.push(client, upstream);
    client.pipe(upstream, { end: false });
    upstream.pipe(client, { end: false });
    for (const each of [client, upstream]) each.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
    stopHearing: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
