import { RegressError } from '../../model/errors.ts';
import { type Connection, serverVersion } from '../../postgres/index.ts';
import { EXTENSION_VERSION, type ExtensionSource } from '../../restore/index.ts';
import { buildExtension, findInstallations } from '../../target/index.ts';

const ROLE_SQL = `
SELECT pg_catalog.current_setting('is_superuser') = 'on' AS superuser,
  pg_catalog.current_setting('regress_planner.version', true) IS NOT NULL AS loaded`;

const AVAILABLE_SQL = `
SELECT FROM pg_catalog.pg_available_extension_versions
 WHERE name = 'regress_planner' AND version = $1`;

/** A connection over a socket or the loopback suggests that the server shares our file system. */
const LOCAL_SQL = `SELECT pg_catalog.inet_server_addr() IS NULL OR pg_catalog.inet_server_addr() <<= '127.0.0.0/8' OR pg_catalog.inet_server_addr() = '::1' AS local`;

/**
 * How the target gets the extension. In this order: a library built with the given pg_config, if it is of the server's
 * major; the extension installed on the server; a library built with a pg_config found here, if the server can read our
 * files. Throws RegressError `target` if none of these is possible.
 */
export async function extensionFor(
  connection: Connection,
  pgConfig: string | undefined,
  say?: (message: string) => void,
): Promise<ExtensionSource> {
  const [role] = await connection.query<{ superuser: boolean; loaded: boolean }>(ROLE_SQL);
  const installed = await connection.query(AVAILABLE_SQL, [EXTENSION_VERSION]);
  if (installed.length > 0 && pgConfig === undefined) return { kind: 'installed' };
  // Only a superuser can create functions from a library; others use what an administrator has prepared.
  if (role?.superuser === false) {
    if (installed.length > 0 || role.loaded) return { kind: 'installed' };
    throw noExtension(
      "It is not installed on the target's server, and only a superuser can load a library that is built here.",
    );
  }
  const { major } = await serverVersion(connection);
  const installations = await findInstallations(pgConfig === undefined ? {} : { pgConfig });
  const installation = installations.find((candidate) => candidate.major === major && candidate.hasServerHeaders);
  if (installation === undefined && installed.length > 0) return { kind: 'installed' };
  if (installation === undefined || !(await isLocal(connection))) {
    const headers = `regress can build it only for a server on this machine, with the server headers of PostgreSQL ${major}`;
    throw noExtension(`It is not installed on the target's server, and ${headers}.`);
  }
  return { kind: 'library', path: await buildExtension(installation, say) };
}

function noExtension(detail: string): RegressError {
  return new RegressError('target', `the target has no extension regress_planner ${EXTENSION_VERSION}`, {
    detail,
    hint: "On the server's machine: npx regress-pg extension install --pg-config /path/to/pg_config",
  });
}

async function isLocal(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ local: boolean }>(LOCAL_SQL);
  return row?.local ?? false;
}
