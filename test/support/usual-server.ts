import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { connect } from '../../src/postgres/index.ts';
import type { Installation } from '../../src/target/index.ts';
import { asServer, serverAccount } from '../../src/target/server/account.ts';
import { makeRunFolder, serverHome, serverRuns } from '../../src/target/server/run-folder.ts';
import { supervise } from '../../src/target/server/supervisor.ts';

/**
 * The URL of a server with PostgreSQL's own defaults, autovacuum among them, but for the settings given; gone after the
 * test, or when `atEnd` says.
 */
export async function usualServer(
  installation: Installation,
  settings: readonly string[] = [],
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const options = ['--username=postgres', '--auth=trust', '--no-sync', '--locale=C', '--encoding=UTF8'];
  return started(installation, settings, atEnd, (data) => ['initdb', `--pgdata=${data}`, ...options]);
}

/** The URL of a standby of a usual server, which streams from it. */
export async function standbyOf(
  primary: string,
  installation: Installation,
  settings: readonly string[],
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): Promise<string> {
  const options = ['--write-recovery-conf', '--checkpoint=fast', '--no-sync', `--dbname=${primary}`];
  return started(installation, settings, atEnd, (data) => ['pg_basebackup', `--pgdata=${data}`, ...options]);
}

async function started(
  installation: Installation,
  settings: readonly string[],
  atEnd: (end: () => Promise<void>) => void,
  madeBy: (data: string) => readonly [string, ...string[]],
): Promise<string> {
  const account = await serverAccount();
  const folder = await makeRunFolder(await serverRuns(await serverHome(account), account), account);
  const { bindir } = installation;
  const [program, ...options] = madeBy(folder.data);
  await execa(join(bindir, program), options, asServer(account));
  const places = ['-D', folder.data, '-k', folder.sockets, '-p', '5432', '-c', 'listen_addresses='];
  const ours = settings.flatMap((setting) => ['-c', setting]);
  const server = supervise([join(bindir, 'postgres'), ...places, ...ours], folder, account);
  atEnd(() => server.end());
  const url = `postgresql://postgres@/postgres?host=${encodeURIComponent(folder.sockets)}&port=5432`;
  for (let tries = 0; ; tries += 1) {
    const connection = await connect(url, 'target').catch((error: unknown) => {
      if (tries === 1000 || server.ended() !== null) throw error;
    });
    if (connection !== undefined) {
      await connection.close();
      return url;
    }
    await sleep(100);
  }
}
