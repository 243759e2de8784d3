import { afterAll } from 'vitest';
import { withDatabase } from '../../src/postgres/index.ts';
import { testInstallations } from './installations.ts';
import { asTestServer, type TestServer } from './servers.ts';
import { usualServer } from './usual-server.ts';

/** A server of a major that loads pg_stat_statements; gone after the file's last test. */
export async function countingServer(major: number): Promise<TestServer> {
  const installation = (await testInstallations()).find((one) => one.major === major);
  if (installation === undefined) throw new Error(`no PostgreSQL ${major} here`);
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0)) await end();
  };
  const settings = ['shared_preload_libraries=pg_stat_statements', 'autovacuum=off', 'fsync=off', 'timezone=UTC'];
  const url = await usualServer(installation, settings, (end) => void ends.push(end));
  afterAll(stop);
  return asTestServer({ url: (database) => withDatabase(url, database), stop }, installation);
}
