import { describe, expect, it } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { requireAvailable } from '../../src/restore/extension.ts';
import { restoreSnapshot } from '../../src/restore/index.ts';
import { testMajors } from '../support/servers.ts';
import { aSnapshot, ORDERS, ORDERS_SQL } from './fixture.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

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
      hint: expect.stringContaining('make -C node_modules/regress-pg/extension install'),
    }),
  );
});

describe.runIf(majors.length > 0).each(majors)('the extension on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore, session } = targetServer(major);

  it('creates the extension that is installed on the server', async ({ skip }) => {
    const database = await databaseWith(ORDERS_SQL);
    const available = await psql(
      database,
      `SELECT count(*) FROM pg_available_extension_versions WHERE name = 'regress_planner' AND version = '0.1'`,
    );
    skip(available === '0', 'the extension is not installed on this server');
    for (let i = 0; i < 2; i++) {
      const options = { extension: { kind: 'installed' }, progress: SILENT, keepSettings: false } as const;
      await restoreSnapshot(await session(database), aSnapshot([ORDERS]), options);
    }
    expect(await psql(database, 'SHOW session_preload_libraries; SHOW regress_planner.version')).toBe(
      'regress_planner\n0.1',
    );
    await restore(database, aSnapshot([ORDERS]));
    expect(
      await psql(
        database,
        `SELECT count(*) FROM pg_extension WHERE extname = 'regress_planner'; SELECT count(*) FROM regress_planner.relation`,
      ),
    ).toBe('0\n1');
  });

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
