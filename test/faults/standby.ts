import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { withDatabase } from '../../src/postgres/index.ts';
import type { Installation } from '../../src/target/index.ts';
import { asServer, serverAccount } from '../../src/target/server/account.ts';
import { makeRunFolder, serverHome, serverRuns } from '../../src/target/server/run-folder.ts';
import { supervise } from '../../src/target/server/supervisor.ts';
import { asTestServer, type TestServer } from '../support/servers.ts';
import { usualServer } from '../support/usual-server.ts';
import { DATABASES } from './bench.ts';
import { openProxy, type WireProxy } from './proxy.ts';
import { FILL, SCHEMA } from './shop.ts';

/** A production, and a standby of it that lets no session keep recovery waiting. */
export interface Standby {
  readonly primary: TestServer;
  readonly standby: TestServer;
  /** The production on the standby, by a proxy of messages. */
  readonly url: string;
  readonly proxy: WireProxy;
  /** Makes recovery be in the way of who still sees removed rows, or holds a lock; how many sessions had to give way. */
  conflict(over: 'rows' | 'lock'): Promise<number>;
  close(): Promise<void>;
}

export async function openStandby(installation: Installation): Promise<Standby> {
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  const settings = [
    'wal_level=replica',
    'max_wal_senders=5',
    'autovacuum=off',
    'fsync=off',
    'timezone=UTC',
    'max_connections=50',
  ];
  const url = await usualServer(installation, settings, (end) => void ends.push(end));
  const primary = asTestServer({ url: (database) => withDatabase(url, database), stop }, installation);
  await primary.createDatabase(DATABASES.production);
  await primary.psql(DATABASES.production, SCHEMA + FILL);
  const account = await serverAccount();
  const folder = await makeRunFolder(await serverRuns(await serverHome(account), account), account);
  const backup = [`--pgdata=${folder.data}`, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'];
  await execa(join(installation.bindir, 'pg_basebackup'), [...backup, `--dbname=${url}`], asServer(account));
  const places = ['-D', folder.data, '-k', folder.sockets, '-p', '5432', '-c', 'listen_addresses='];
  const own = ['hot_standby=on', 'max_standby_streaming_delay=0', 'max_connections=50', 'fsync=off', 'timezone=UTC'];
  const ours = [...own, 'wal_retrieve_retry_interval=200ms'].flatMap((setting) => ['-c', setting]);
  const server = supervise([join(installation.bindir, 'postgres'), ...places, ...ours], folder, account);
  ends.push(() => server.end());
  const standbyUrl = `postgresql://postgres@/postgres?host=${encodeURIComponent(folder.sockets)}&port=5432`;
  const standby = asTestServer({ url: (database) => withDatabase(standbyUrl, database), stop }, installation);
  const isThere = () =>
    standby.psql(DATABASES.production, 'SELECT pg_catalog.count(*) FROM orders').then(
      (count) => count === '20000',
      () => false,
    );
  for (let tries = 0; !(await isThere()); tries += 1) {
    if (tries > 200 || server.ended() !== null) throw new Error(`the standby did not start: ${server.ended()}`);
    await sleep(100);
  }
  const proxy = await openProxy({ path: join(folder.sockets, '.s.PGSQL.5432') }, 'messages');
  ends.push(() => proxy.close());
  return {
    ...{ primary, standby, proxy, close: stop },
    url: `postgresql://postgres@/${DATABASES.production}?host=${encodeURIComponent(proxy.place)}&port=5432`,
    conflict: (over) => conflict(primary, standby, over === 'rows' ? ROWS : LOCK),
  };
}

/**
 * Rows of a catalog that sessions of the standby may still see are removed; not by the transaction that made them, as
 * nobody sees those (HeapTupleHeaderAdvanceLatestRemovedXid, heapam.c). No figure of a snapshot changes.
 */
const ROWS = `CREATE FUNCTION public.passing() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION public.passing();
VACUUM pg_catalog.pg_proc;`;
/** A lock that the standby has to take as well; it is told of locks of transactions that write. */
const LOCK = `BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE; SELECT pg_catalog.pg_current_xact_id(); SELECT pg_catalog.pg_sleep(0.1); COMMIT;`;

/** Sessions of the production on the standby that gave way to recovery. */
const CONFLICTS = `SELECT c.confl_lock + c.confl_snapshot + c.confl_bufferpin + c.confl_deadlock
  FROM pg_catalog.pg_stat_database_conflicts c WHERE c.datname = '${DATABASES.production}'`;

async function conflict(primary: TestServer, standby: TestServer, statement: string): Promise<number> {
  const before = await count(standby);
  const written = await primary.psql(
    DATABASES.production,
    `${statement}\nSELECT 'LSN ' || pg_catalog.pg_current_wal_insert_lsn();`,
  );
  const lsn = /LSN ([0-9A-F/]+)/.exec(written)?.[1];
  const replayed = `SELECT pg_catalog.pg_last_wal_replay_lsn() >= '${lsn}'::pg_catalog.pg_lsn`;
  while ((await standby.psql('postgres', replayed)) !== 't') await sleep(20);
  return (await count(standby)) - before;
}

async function count(standby: TestServer): Promise<number> {
  return Number(await standby.psql('postgres', CONFLICTS));
}
