import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { connect } from '../../src/postgres/index.ts';
import { takeSnapshot } from '../../src/source/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { temporaryFolder } from '../support/temp.ts';

const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find(existsSync);
if (PGBOUNCER === undefined) console.warn('SKIPPED: tests through PgBouncer, which is not installed');

const IS_ROOT = userInfo().uid === 0;
const idOf = (kind: '-u' | '-g') => (IS_ROOT ? Number(execFileSync('id', [kind, 'postgres'])) : undefined);
const [uid, gid] = [idOf('-u'), idOf('-g')];
const asServer = uid === undefined || gid === undefined ? {} : { uid, gid };

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('a source that is not the primary itself, on PostgreSQL %i', (major) => {
  let server: TestServer;
  let database: string;

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    database = await server.createDatabase();
    await server.psql(database, await readFile(new URL('everything.sql', import.meta.url), 'utf8'));
  });

  const take = async (url: string) => {
    const connection = await connect(url, 'source');
    try {
      const path = join(await temporaryFolder(), 's');
      return await takeSnapshot(connection, path, {
        ...{ values: true, allowPartial: false, progress: SILENT, regressVersion: 'test' },
      });
    } finally {
      await connection.close();
    }
  };

  const ownedFolder = async (name: string) => {
    const folder = join(await temporaryFolder(), name);
    await mkdir(folder);
    if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
    await chmod(folder, 0o700);
    return folder;
  };

  /** Starts a server on a data directory and waits until it answers; the result stops it. */
  const start = async (data: string, sockets: string, url: string) => {
    const settings = ['wal_level=replica', 'listen_addresses=', `unix_socket_directories=${sockets}`, 'port=5432'];
    const program = join(server.installation.bindir, 'postgres');
    const child = spawn(program, ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
      ...asServer,
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    for (let tries = 0; ; tries++) {
      const connection = await connect(url, 'source').catch((error: unknown) => {
        if (tries === 1000) throw error;
        return null;
      });
      if (connection !== null) {
        await connection.close();
        return async () => {
          child.kill('SIGINT');
          await ended;
        };
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  it.skipIf(PGBOUNCER === undefined)('gives the same snapshot through PgBouncer in transaction mode', async () => {
    const folder = await ownedFolder('bouncer');
    const sockets = decodeURIComponent(/host=([^&]+)/.exec(server.url(database))?.[1] ?? '');
    await writeFile(join(folder, 'users'), '"postgres" ""\n');
    await writeFile(
      join(folder, 'ini'),
      `[databases]\n* = host=${sockets} port=5432\n[pgbouncer]\nunix_socket_dir = ${folder}\nlisten_port = 6432\n` +
        `pool_mode = transaction\nauth_type = trust\nauth_file = ${join(folder, 'users')}\ndefault_pool_size = 2\n`,
    );
    for (const file of ['users', 'ini']) await chmod(join(folder, file), 0o644);
    const pooler = spawn(PGBOUNCER as string, [join(folder, 'ini')], { ...asServer, stdio: 'ignore' });
    onTestFinished(() => void pooler.kill('SIGINT'));
    const url = `postgresql://postgres@/${database}?host=${folder}&port=6432`;
    for (let tries = 0; tries < 2000 && !existsSync(join(folder, '.s.PGSQL.6432')); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect((await take(url)).digest).toBe((await take(server.url(database))).digest);
    // Nothing of the snapshot's session stays in the pooler's.
    const later = await connect(url, 'source');
    const state = await later.query(
      `SELECT (SELECT count(*)::int FROM pg_prepared_statements) AS prepared, current_setting('search_path') AS path,
              current_setting('statement_timeout') AS timeout, current_setting('jit') = (SELECT reset_val FROM pg_settings WHERE name = 'jit') AS jit`,
    );
    await later.close();
    expect(state).toEqual([{ prepared: 0, path: '"$user", public', timeout: '0', jit: true }]);
  });

  it('is read on a hot standby, where only what is not logged is unknown', async () => {
    const primary = await take(server.url(database));
    const data = await ownedFolder('standby');
    const sockets = await ownedFolder('sockets');
    // Copied while nothing writes: the server of tests keeps no WAL for a backup.
    const source = await server.psql('postgres', 'SHOW data_directory');
    await server.psql('postgres', 'CHECKPOINT');
    await execa('cp', ['-a', `${source}/.`, data]);
    await execa('rm', ['-f', join(data, 'postmaster.pid')]);
    const url = `postgresql://postgres@/${database}?host=${sockets}&port=5432`;
    // Once as a primary that writes what a standby needs, which the servers of tests do not.
    const rewritten = await start(data, sockets, url);
    await rewritten();
    await writeFile(join(data, 'standby.signal'), '');
    if (uid !== undefined && gid !== undefined) await chown(join(data, 'standby.signal'), uid, gid);
    const stop = await start(data, sockets, url);
    onTestFinished(stop);
    const replica = await take(url);
    const nameOf = (file: string) => file.replace(/^relations\/(.*)\.json$/, '$1').replace('/', '.');
    const changed = Object.keys(primary.files).filter((file) => replica.files[file] !== primary.files[file]);
    const unlogged = replica.unreadable.filter(({ what }) => what === 'current size').map(({ object }) => object);
    expect(unlogged).toEqual(['public.unlogged']);
    expect(changed.map(nameOf).filter((name) => !unlogged.includes(name))).toEqual([]);
    expect(replica.settings).toEqual(primary.settings);
  });
});
