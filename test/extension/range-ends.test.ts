import { expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import { rangeEndsSupported } from '../../src/restore/index.ts';
import { testInstallations } from '../support/installations.ts';
import { startWithExtension } from '../support/relocated.ts';
import { asTestServer } from '../support/servers.ts';

const installations = await testInstallations();

it.runIf(installations.length > 0).each(installations)(
  'range ends are answered on PostgreSQL $major, and by a build for an unknown server are not',
  async (installation) => {
    const installed = await startWithExtension(installation, 'range-ends');
    onTestFinished(installed.remove);
    const server = asTestServer({ url: installed.url, stop: installed.remove }, installation);
    const database = await server.createDatabase();
    await server.psql(
      database,
      `CREATE EXTENSION regress_planner; ALTER DATABASE "${database}" SET session_preload_libraries = 'regress_planner';`,
    );
    const before = await server.psql(database, 'SELECT count(*) FROM regress_planner.index');
    const supported = async () => {
      const connection = await connect(server.url(database), 'target');
      return rangeEndsSupported(connection).finally(connection.close);
    };
    expect(await supported()).toBe(true);
    const options = 'COPT=-Wall -Wextra -Werror -DREGRESS_RANGE_ENDS_KNOWN=0';
    const built = await installed.make('clean', 'install', `DESTDIR=${installed.destdir}`, options);
    expect(built.failed, built.all).toBe(false);
    expect(await supported()).toBe(false);
    expect(await server.psql(database, 'SELECT count(*) FROM regress_planner.index')).toBe(before);
  },
);
