import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { restoreSnapshot, verifyPlanner } from '../../src/restore/index.ts';
import { testMajors } from '../support/servers.ts';
import { aSnapshot } from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('settings on PostgreSQL %i', (major) => {
  const { databaseWith, library, psql, restore, session } = targetServer(major);

  it('sets the settings of production on the database, and takes back those a later snapshot lacks', async () => {
    const database = await databaseWith('CREATE SCHEMA "My Ext"');
    const settings = {
      work_mem: '12345',
      random_page_cost: '1.1',
      search_path: '"$user", public, "My Ext"',
      force_parallel_mode: 'on',
      DateStyle: 'SQL, DMY',
      'pg_trgm.similarity_threshold': '0.4',
      shared_preload_libraries: 'pg_stat_statements',
      max_connections: '7',
      no_such_setting: '1',
      cpu_tuple_cost: 'much',
      log_statement: 'all',
      session_replication_role: 'replica',
      'plperl.on_init': 'die',
      'regress_planner.hidden_indexes': '1',
      Statement_Timeout: '1',
    };
    const report = await restore(database, aSnapshot([], { settings }));
    const strange = 'the manifest has it, but regress never reads it from production';
    expect(report.skippedSettings.map(({ name, reason }) => [name, reason])).toEqual([
      ...['shared_preload_libraries', 'max_connections', 'no_such_setting', 'log_statement'].map((name) => [
        name,
        strange,
      ]),
      ...['session_replication_role', 'plperl.on_init', 'regress_planner.hidden_indexes'].map((name) => [
        name,
        strange,
      ]),
      ['Statement_Timeout', strange],
      ['cpu_tuple_cost', 'invalid value for parameter "cpu_tuple_cost": "much"'],
    ]);
    const set = await psql(
      database,
      'SELECT setconfig::text FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()',
    );
    expect(set).not.toMatch(/log_statement|replication_role|plperl|hidden_indexes|statement_timeout|shared_preload/i);
    const shown = (names: readonly string[]) => names.map((name) => `SHOW ${name};`).join('\n');
    const parallel = major >= 16 ? 'debug_parallel_query' : 'force_parallel_mode';
    const names = [
      'work_mem',
      'random_page_cost',
      'search_path',
      parallel,
      'DateStyle',
      'pg_trgm.similarity_threshold',
    ];
    expect((await psql(database, shown(names))).split('\n')).toEqual([
      '12345kB',
      '1.1',
      '"$user", public, "My Ext"',
      'on',
      'SQL, DMY',
      '0.4',
    ]);
    await restore(database, aSnapshot([], { settings: { random_page_cost: '1.2' } }));
    expect(await psql(database, shown(['work_mem', 'random_page_cost']))).toBe('4MB\n1.2');
  });

  it('loads the library after those the database loads already, once', async () => {
    const database = await databaseWith('SELECT 1');
    await psql('postgres', `ALTER DATABASE "${database}" SET session_preload_libraries = 'auto_explain'`);
    for (let i = 0; i < 2; i++) await restore(database, aSnapshot([]));
    expect(await psql(database, 'SHOW session_preload_libraries')).toBe(`auto_explain, "${await library()}"`);
  });

  it('replaces a library that an earlier restore named by another path', async () => {
    const database = await databaseWith('SELECT 1');
    await restore(database, aSnapshot([]));
    const folder = await mkdtemp(join(dirname(await library()), 'moved-'));
    try {
      const moved = join(folder, 'regress_planner.so');
      await copyFile(await library(), moved);
      await chmod(folder, 0o755);
      const extension = { kind: 'library', path: moved } as const;
      await restoreSnapshot(await session(database), aSnapshot([]), {
        extension,
        progress: SILENT,
        keepSettings: false,
      });
      await verifyPlanner(await session(database));
      const used = `SHOW session_preload_libraries; SELECT DISTINCT probin FROM pg_proc WHERE probin IS NOT NULL AND pronamespace = 'regress_planner'::regnamespace`;
      expect(await psql(database, used)).toBe(`"${moved}"\n${moved}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leaves what the schema of the branch sets, where asked to', async () => {
    const database = await databaseWith('SELECT 1');
    await psql('postgres', `ALTER DATABASE "${database}" SET random_page_cost = 10`);
    const snapshot = aSnapshot([], { settings: { random_page_cost: '1.1', work_mem: '8192' } });
    const shown = () => psql(database, 'SHOW random_page_cost; SHOW work_mem');
    const extension = { kind: 'library', path: await library() } as const;
    const options = { extension, progress: SILENT, keepSettings: true };
    for (let i = 0; i < 2; i++) {
      const report = await restoreSnapshot(await session(database), snapshot, options);
      expect(report.skippedSettings).toEqual([
        { name: 'random_page_cost', value: '1.1', reason: 'the schema sets it to 10' },
      ]);
      expect(await shown()).toBe('10\n8MB');
    }
    await restoreSnapshot(await session(database), snapshot, { ...options, keepSettings: false });
    expect(await shown()).toBe('1.1\n8MB');
  });
});
