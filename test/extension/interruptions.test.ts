import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { type Connection, connect, DatabaseError } from '../../src/postgres/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { FILL_TWINS, twinSchemas } from './twins.ts';

const majors = await testMajors();

/** How many plans are interrupted in each way; `REGRESS_INTERRUPTIONS=1000` for more than `npm test` has time for. */
const INTERRUPTIONS = Number(process.env.REGRESS_INTERRUPTIONS ?? 8);

/** Every kind of state that planning has: probes, shadows, a wrapped cost, a nested planner, a value that is refused. */
const QUERIES = [
  'SELECT * FROM items WHERE id > 8500',
  `SELECT * FROM items WHERE at > '2024-01-07 00:00+00' ORDER BY id LIMIT 3`,
  'SELECT * FROM items WHERE tags @> ARRAY[3]',
  `SELECT * FROM items WHERE at < '2024-01-01 01:00+00' AND id > nested(8000)`,
  'SELECT * FROM items AS a JOIN items AS b ON b.at = a.at JOIN broken AS c ON c.id = a.id WHERE c.id > 8500',
];

/** A query of so many tables that its plan takes long. No table is joined by its key: 18 would leave such joins out. */
const longQuery = (
  tables: number,
) => `SELECT count(*) FROM ${Array.from({ length: tables }, (_, i) => `items AS t${i}`).join(', ')}
  WHERE ${Array.from({ length: tables - 1 }, (_, i) => `t${i}.at = t${i + 1}.at AND t${i}.at > '2024-01-06 00:00+00'`).join(' AND ')}
    AND t0.tags @> ARRAY[3] AND t1.id > nested(8000)`;

/** Its plan takes some tens of milliseconds. */
const LONG_QUERY = longQuery(9);

/** Its plan would take hundreds of megabytes. */
const LARGE_QUERY = longQuery(12);

const NESTED_SQL = `
  CALL in_both('CREATE TABLE broken (id int PRIMARY KEY) WITH (autovacuum_enabled = off)');
  INSERT INTO production.broken SELECT i FROM generate_series(1, 8000) AS i;
  ANALYZE production.broken;
  SELECT restore('broken');
  UPDATE regress_planner.index SET range_max = 'not a number' WHERE indexrelid = 'clone.broken_pkey'::regclass;
  -- The planner calls it, and it plans, fails in a subtransaction and plans again.
  CREATE FUNCTION nested(n int) RETURNS int STABLE LANGUAGE plpgsql AS $$
  BEGIN
    BEGIN
      PERFORM count(*) FROM clone.items WHERE id > n AND at > ('never' || n)::timestamptz;
    EXCEPTION WHEN data_exception THEN
      PERFORM count(*) FROM clone.items WHERE id > n + 400 AND tags @> ARRAY[n];
    END;
    RETURN n;
  END
  $$;`;

async function plans(session: Connection): Promise<string[]> {
  const texts: string[] = [];
  for (const query of QUERIES) {
    const rows = await session.run<{ 'QUERY PLAN': string }>(`EXPLAIN (VERBOSE, SETTINGS) ${query}`);
    texts.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  return texts;
}

/** Plans the long query and returns the code of the error it ended with, null where it did not. */
async function errorOfLongPlan(session: Connection, query = LONG_QUERY, before = ''): Promise<string | null> {
  try {
    await session.run(`${before} EXPLAIN ${query}`);
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return error.code ?? '';
  }
}

/** The limit of a plan that was not interrupted may stop the statement that ends it; the error ends the limit. */
async function rollBackTo(session: Connection, savepoint: string): Promise<void> {
  const rollBack = () => session.run(`ROLLBACK TO SAVEPOINT ${savepoint}`);
  await rollBack().catch((error: unknown) => {
    if (!(error instanceof DatabaseError) || error.code !== '57014') throw error;
    return rollBack();
  });
}

interface Sessions {
  readonly interrupted: Connection;
  readonly other: Connection;
  readonly pid: number;
}

type Interruption = (sessions: Sessions, moment: number) => Promise<string | null>;

/** Each returns the code of the error that the plan ended with. `moment` is from 1 to 50, in no order. */
const ALL_WAYS: readonly { readonly name: string; readonly code: string; readonly interrupt: Interruption }[] = [
  {
    name: 'its own time limit',
    code: '57014',
    interrupt: async ({ interrupted }, moment) =>
      // One message: the limit ends with it, and stops nothing that comes next.
      errorOfLongPlan(interrupted, LONG_QUERY, `SET LOCAL statement_timeout = ${moment};`),
  },
  {
    name: "another session's cancel",
    code: '57014',
    interrupt: async ({ interrupted, other, pid }, moment) => {
      const planned = errorOfLongPlan(interrupted);
      await sleep(moment);
      await other.run(`SELECT pg_catalog.pg_cancel_backend(${pid})`);
      const code = await planned;
      // One that came too late stops whatever comes next.
      await interrupted.run('SELECT 1').catch(() => {});
      return code;
    },
  },
  {
    name: 'a lack of memory',
    code: '53200',
    interrupt: async ({ interrupted, pid }, moment) => {
      // Only the same user may, and the server's need not be ours.
      const { uid, gid } = await stat(`/proc/${pid}`);
      const limit = (bytes: string) => execa('prlimit', ['--pid', String(pid), `--as=${bytes}:`], { uid, gid });
      const [, kilobytes] = /^VmSize:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) as RegExpExecArray;
      await limit(String(Number(kilobytes) * 1024 + moment ** 2 * 4000));
      const code = await errorOfLongPlan(interrupted, LARGE_QUERY);
      await limit('unlimited');
      return code;
    },
  },
];

/** Linux can limit the memory of a process that runs. */
const WAYS = ALL_WAYS.filter(({ code }) => code !== '53200' || process.platform === 'linux');

it.runIf(majors.length > 0).each(majors)(
  'an interrupted session plans as a new one on PostgreSQL %i',
  async (major) => {
    const server = (await testServer(major)) as TestServer;
    const database = await twinSchemas(server);
    await server.psql(database, `${FILL_TWINS} ${NESTED_SQL}`);
    const open = async () => {
      const session = await connect(server.url(database), 'target');
      onTestFinished(() => session.close());
      await session.run(
        'SET search_path = clone, public; SET geqo_threshold = 20; SET join_collapse_limit = 20; SET from_collapse_limit = 20',
      );
      return session;
    };
    const interrupted = await open();
    const [row] = await interrupted.run<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
    const sessions = { interrupted, other: await open(), pid: row?.pid as number };
    const expected = await plans(await open());
    expect(await plans(interrupted)).toEqual(expected);
    // The stack has its size from now on: growing it under a limit of memory would end the process.
    expect(await errorOfLongPlan(interrupted)).toBeNull();

    for (const { name, code, interrupt } of WAYS) {
      const codes: (string | null)[] = [];
      for (let i = 0; i < INTERRUPTIONS; i++) codes.push(await interrupt(sessions, 1 + ((i * 37) % 50)));
      expect.soft(new Set(codes.filter((one) => one !== null)), name).toEqual(new Set([code]));
      expect(await plans(interrupted), name).toEqual(expected);
      // CREATE INDEX asks for the relation outside of a run of the planner.
      await interrupted.run('CREATE INDEX meanwhile ON items (at, id)');
      await interrupted.run('DROP INDEX meanwhile');
      expect(await plans(interrupted), name).toEqual(expected);
    }
    // In a transaction too, where what an error leaves behind would stay.
    await interrupted.run('BEGIN');
    for (let moment = 1; moment < 30; moment += 9) {
      await errorOfLongPlan(interrupted, LONG_QUERY, `SAVEPOINT before; SET LOCAL statement_timeout = ${moment};`);
      await rollBackTo(interrupted, 'before');
      expect(await plans(interrupted)).toEqual(expected);
    }
    await interrupted.run('COMMIT');
    expect(await plans(await open())).toEqual(expected);
    // Nothing was left open: the server says so in warnings.
    expect(interrupted.notices()).toEqual(['side data of "broken_pkey" is ignored']);
  },
  300_000 + INTERRUPTIONS * 1000,
);
