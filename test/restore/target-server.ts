import { afterEach, beforeAll } from 'vitest';
import { SILENT } from '../../src/model/progress.ts';
import { type Connection, connect } from '../../src/postgres/index.ts';
import type { TargetSnapshot } from '../../src/predict/index.ts';
import { type RestoreReport, restoreSnapshot } from '../../src/restore/index.ts';
import { type TestServer, testServer } from '../support/servers.ts';

/** Restoring on the test server of a major. */
export interface TargetServer {
  psql(database: string, sql: string): Promise<string>;
  url(database: string): string;
  library(): Promise<string>;
  /** A new database on which the SQL was run. */
  databaseWith(sql: string): Promise<string>;
  /** A session that is closed after the test. */
  session(database: string): Promise<Connection>;
  /** Restores over a session of its own, with the library built for the server. */
  restore(database: string, snapshot: TargetSnapshot): Promise<RestoreReport>;
}

/** Starts the server before the tests of the surrounding `describe`. */
export function targetServer(major: number): TargetServer {
  let server: TestServer;
  const open: Connection[] = [];
  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  const session = async (database: string) => {
    const connection = await connect(server.url(database), 'target');
    open.push(connection);
    return connection;
  };
  return {
    psql: (database, sql) => server.psql(database, sql),
    url: (database) => server.url(database),
    library: () => server.library(),
    databaseWith: async (sql) => {
      const database = await server.createDatabase();
      await server.psql(database, sql);
      return database;
    },
    session,
    restore: async (database, snapshot) => {
      const extension = { kind: 'library', path: await server.library() } as const;
      return restoreSnapshot(await session(database), snapshot, { extension, progress: SILENT, keepSettings: false });
    },
  };
}
