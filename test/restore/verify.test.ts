import { describe, expect, it } from 'vitest';
import { overwrittenRelations, restoredDigest, verifyPlanner } from '../../src/restore/index.ts';
import { testMajors } from '../support/servers.ts';
import { aSnapshot, ORDERS, ORDERS_SQL } from '../support/snapshot-builders.ts';
import { targetServer } from './target-server.ts';

const majors = await testMajors();

describe.runIf(majors.length > 0).each(majors)('a restored database on PostgreSQL %i', (major) => {
  const { databaseWith, psql, restore, session } = targetServer(major);

  it('says which restored relations were overwritten since', async () => {
    const database = await databaseWith(ORDERS_SQL);
    await restore(database, aSnapshot([ORDERS]));
    const connection = await session(database);
    expect(await overwrittenRelations(connection)).toEqual([]);
    await psql(database, 'ANALYZE orders');
    expect(await overwrittenRelations(connection)).toEqual(['orders']);
  });

  describe('verifyPlanner', () => {
    it('accepts a new session of a restored database', async () => {
      const database = await databaseWith(ORDERS_SQL);
      await restore(database, aSnapshot([ORDERS], { digest: 'abc' }));
      const connection = await session(database);
      await verifyPlanner(connection);
      expect(await restoredDigest(connection)).toBe('abc');
    });

    it('refuses a database without a restored snapshot', async () => {
      const connection = await session(await databaseWith(''));
      expect(await restoredDigest(connection)).toBeNull();
      await expect(verifyPlanner(connection)).rejects.toThrow('no snapshot was restored into the target');
    });

    it('refuses a session that does not load the library', async () => {
      const database = await databaseWith(ORDERS_SQL);
      await restore(database, aSnapshot([ORDERS]));
      await psql('postgres', `ALTER DATABASE "${database}" RESET session_preload_libraries`);
      await expect(verifyPlanner(await session(database))).rejects.toThrow('does not load the library regress_planner');
    });

    it('names both versions when the library is of another one', async () => {
      const database = await databaseWith(ORDERS_SQL);
      await restore(database, aSnapshot([ORDERS]));
      await psql(
        'postgres',
        `ALTER DATABASE "${database}" RESET session_preload_libraries; ALTER DATABASE "${database}" SET regress_planner.version = '9.9'`,
      );
      const error = verifyPlanner(await session(database));
      await expect(error).rejects.toThrow('the target loads regress_planner 9.9, but 0.1 is needed');
    });
  });
});
