import { RegressError } from '../model/errors.ts';
import { type Connection, serverVersion } from '../postgres/index.ts';
import { EXTENSION_VERSION, type ExtensionSource } from '../restore/index.ts';
import { buildExtension, findInstallations } from '../server/index.ts';

const IS_SUPERUSER_SQL = `SELECT pg_catalog.current_setting('is_superuser') = 'on' AS superuser`;

const AVAILABLE_SQL = `
SELECT FROM pg_catalog.pg_available_extension_versions
 WHERE name = 'regress_planner' AND version = $1`;

/** Sessions over a socket or the loopback may share the server's file system. */
const LOCAL_SQL = `SELECT pg_catalog.inet_server_addr() IS NULL OR pg_catalog.inet_server_addr() <<= '127.0.0.0/8' OR pg_catalog.inet_server_addr() = '::1' AS local`;

/**
 * How the target gets the extension: a library built with the pg_config that is named, where it is of the server's major;
 * else the extension installed there; else a library built with a pg_config found here, where the server reads this file
 * system. Throws RegressError `target` when it is none of these.
 */
export async function extensionFor(connection: Connection, pgConfig: string | undefined): Promise<ExtensionSource> {
  // Only a superuser makes functions of a library; for others an administrator has prepared what is installed.
  const [role] = await connection.query<{ superuser: boolean }>(IS_SUPERUSER_SQL);
  if (role?.superuser === false) return { kind: 'installed' };
  const installed = await connection.query(AVAILABLE_SQL, [EXTENSION_VERSION]);
  if (installed.length > 0 && pgConfig === undefined) return { kind: 'installed' };
  const { major } = await serverVersion(connection);
  const installations = await findInstallations(pgConfig === undefined ? {} : { pgConfig });
  const installation = installations.find((candidate) => candidate.major === major && candidate.hasServerHeaders);
  if (installation === undefined && installed.length > 0) return { kind: 'installed' };
  if (installation === undefined || !(await isLocal(connection))) {
    throw new RegressError('target', `the target has no extension regress_planner ${EXTENSION_VERSION}`, {
      detail: `It is not installed there, and server headers of PostgreSQL ${major} to build it for a server of this machine are not here.`,
      hint: 'On the machine of the server: make -C node_modules/regress-pg/extension install PG_CONFIG=/path/to/pg_config',
    });
  }
  return { kind: 'library', path: await buildExtension(installation) };
}

async function isLocal(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ local: boolean }>(LOCAL_SQL);
  return row?.local ?? false;
}
