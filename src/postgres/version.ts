import { RegressError } from '../model/errors.ts';
import type { Connection } from './session/connection.ts';

/** The oldest server regress works with, as server_version_num. */
const MINIMUM_SERVER_VERSION_NUM = 140000;

export const SERVER_VERSION_SQL = `SELECT pg_catalog.current_setting('server_version') AS version,
       pg_catalog.current_setting('server_version_num') AS num`;

export interface ServerVersion {
  /** server_version, such as `17.11 (Debian 17.11-0+deb13u1)`. */
  readonly version: string;
  readonly server_version_num: number;
  readonly major: number;
}

/** Versions of the servers that this process connected to, for bug reports. */
const met = new Set<string>();

export function serversMet(): readonly string[] {
  return [...met];
}

/** The server's version. Throws RegressError `environment` if it is older than 14. */
export async function serverVersion(connection: Connection): Promise<ServerVersion> {
  const [row] = await connection.query<{ version: string; num: string }>(SERVER_VERSION_SQL);
  const server_version_num = Number(row?.num);
  const version = row?.version ?? '';
  met.add(version);
  if (server_version_num < MINIMUM_SERVER_VERSION_NUM) {
    throw new RegressError('environment', `server version ${version} is not supported`, {
      detail: 'regress works with PostgreSQL 14 and later.',
    });
  }
  return { version, server_version_num, major: Math.floor(server_version_num / 10000) };
}
