import { RegressError } from '../model/errors.ts';
import { type Connection, serverVersion } from '../postgres/index.ts';
import { EXTENSION_VERSION, type ExtensionSource } from '../restore/index.ts';
import { buildExtension, findInstallations, type Installation } from '../server/index.ts';

const AVAILABLE_SQL = `
SELECT FROM pg_catalog.pg_available_extension_versions
 WHERE name = 'regress_planner' AND version = $1`;

/** Sessions over a socket or the loopback may share the server's file system. */
const LOCAL_SQL = `SELECT pg_catalog.inet_server_addr() IS NULL OR pg_catalog.inet_server_addr() <<= '127.0.0.0/8' OR pg_catalog.inet_server_addr() = '::1' AS local`;

/**
 * How the target gets the extension: installed there already, or a library built here with a pg_config of the server's
 * major, where the server reads this file system. Throws RegressError `target` when it is neither.
 */
export async function extensionFor(connection: Connection, pgConfig: string | undefined): Promise<ExtensionSource> {
  const installed = await connection.query(AVAILABLE_SQL, [EXTENSION_VERSION]);
  if (installed.length > 0) return { kind: 'installed' };
  const { major } = await serverVersion(connection);
  const installation = await localInstallation(connection, major, pgConfig);
  if (installation === undefined) {
    throw new RegressError('target', `the target has no extension regress_planner ${EXTENSION_VERSION}`, {
      detail: `No server headers of PostgreSQL ${major} are here to build it for a server of this machine.`,
      hint: 'On the machine of the server: make -C extension install PG_CONFIG=/path/to/pg_config',
    });
  }
  return { kind: 'library', path: await buildExtension(installation) };
}

async function localInstallation(
  connection: Connection,
  major: number,
  pgConfig: string | undefined,
): Promise<Installation | undefined> {
  const [row] = await connection.query<{ local: boolean }>(LOCAL_SQL);
  if (!row?.local) return undefined;
  const installations = await findInstallations(pgConfig === undefined ? {} : { pgConfig });
  return installations.find((candidate) => candidate.major === major && candidate.hasServerHeaders);
}
