import { describe, expect, it, onTestFinished } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { connect } from '../../src/postgres/index.ts';
import { type ExtensionSource, restoreSnapshot } from '../../src/restore/index.ts';
import { requireAvailable } from '../../src/restore/side-data/extension.ts';
import { buildExtension } from '../../src/target/index.ts';
import { testInstallations } from '../support/installations.ts';
import { startWithExtension } from '../support/relocated.ts';
import { aSnapshot, ORDERS, ORDERS_SQL } from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const installations = await testInstallations();
const majors = installations.map(({ major }) => major);

it('accepts a server that offers the version among others', () => {
  expect(() => requireAvailable(['0.0.9', '0.1'])).not.toThrow();
});

it.each([
  { available: [], there: 'the server has none' },
  { available: ['0.2', '1.0'], there: 'the server has version 0.2, 1.0' },
])('names both versions when there is $available', ({ available, there }) => {
  expect(() => requireAvailable(available)).toThrow(
    expect.objectContaining({
      code: 'environment',
      message: expect.stringContaining('regress_planner 0.1'),
      detail: expect.stringContaining(there),
      hint: expect.stringContaining('npx regress-pg extension install --pg-config'),
    }),
  );
});

describe.runIf(majors.length > 0).each(majors)('the extension on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore, session } = targetServer(major);

  it('refuses a library the server cannot load', async () => {
    const connection = await session(await databaseWith(''));
    const options = {
      extension: { kind: 'library', path: '/nowhere/regress_planner.so' },
      progress: SILENT,
      keepSettings: false,
    } as const;
    await expect(restoreSnapshot(connection, aSnapshot([]), options)).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringContaining('/nowhere/regress_planner.so'),
    });
  });

  it('does not touch a schema of that name that is not its own', async () => {
    const database = await databaseWith('CREATE SCHEMA regress_planner; CREATE TABLE regress_planner.mine ()');
    await expect(restore(database, aSnapshot([]))).rejects.toMatchObject({ code: 'target' });
    expect(await psql(database, `SELECT to_regclass('regress_planner.mine')`)).toBe('regress_planner.mine');
  });
});

it.runIf(installations.length > 0).each(installations)(
  'creates the extension that is installed on the server, on PostgreSQL $major',
  async (installation) => {
    const server = await startWithExtension(installation, 'installed');
    onTestFinished(server.remove);
    const url = server.url('postgres');
    const restore = async (extension: ExtensionSource) => {
      const connection = await connect(url, 'target');
      const options = { extension, progress: SILENT, keepSettings: false };
      await restoreSnapshot(connection, aSnapshot([ORDERS]), options).finally(connection.close);
    };
    const ask = async (sql: string) => {
      const connection = await connect(url, 'target');
      return Object.values((await connection.run(sql).finally(connection.close))[0] ?? {})[0];
    };
    await ask(ORDERS_SQL);
    for (let i = 0; i < 2; i++) await restore({ kind: 'installed' });
    expect(await ask('SHOW session_preload_libraries')).toBe('regress_planner');
    expect(await ask('SHOW regress_planner.version')).toBe('0.1');

    await restore({ kind: 'library', path: await buildExtension(installation) });
    expect(await ask(`SELECT count(*) FROM pg_extension WHERE extname = 'regress_planner'`)).toBe('0');
    expect(await ask('SELECT count(*) FROM regress_planner.relation')).toBe('1');
  },
);
