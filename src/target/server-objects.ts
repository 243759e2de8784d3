import type { Manifest, RoleFacts } from '../model/snapshot.ts';
import { type Connection, DatabaseError, quoteIdent, quoteLiteral } from '../postgres/index.ts';

/** Runs a statement and turns an error of the server into a warning. */
type Attempt = (what: string, sql: string) => Promise<void>;

/**
 * Creates objects on a throwaway server that schemas refer to but that belong to a whole server: production's roles and
 * `role`, without login, and production's tablespaces with their options. Calls `warn` for those that cannot be
 * created.
 */
export async function createServerObjects(
  connection: Connection,
  manifest: Manifest,
  role: string | null,
  warn: (message: string) => void,
): Promise<void> {
  const attempt: Attempt = async (what, sql) => {
    try {
      await connection.query(sql);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      warn(`could not create ${what} of production on the throwaway server: ${error.message}`);
    }
  };
  const roles = manifest.roles ?? [];
  const isKnown = role === null || roles.some(({ name }) => name === role);
  await createRoles(connection, isKnown ? roles : [...roles, plainRole(role)], attempt);
  await createTablespaces(connection, manifest.tablespaces, attempt);
}

function plainRole(name: string): RoleFacts {
  return { name, superuser: false, bypassrls: false, inherit: true, member_of: [] };
}

async function createRoles(connection: Connection, roles: readonly RoleFacts[], attempt: Attempt): Promise<void> {
  const there = await namesOf(connection, 'SELECT rolname AS name FROM pg_catalog.pg_roles ORDER BY 1');
  const missing = roles.filter(({ name }) => !there.has(name));
  for (const { name, superuser, bypassrls, inherit } of missing) {
    const options = `${superuser ? ' SUPERUSER' : ''}${bypassrls ? ' BYPASSRLS' : ''}${inherit ? '' : ' NOINHERIT'}`;
    await attempt(`role ${name}`, `CREATE ROLE ${quoteIdent(name)} NOLOGIN${options}`);
    there.add(name);
  }
  for (const { name, member_of } of missing) {
    for (const group of member_of.filter((each) => there.has(each))) {
      await attempt(`membership of ${name}`, `GRANT ${quoteIdent(group)} TO ${quoteIdent(name)}`);
    }
  }
}

/**
 * Creates tablespaces in place. Servers before 15 may not support that; the costs of their tablespaces are restored all
 * the same.
 */
async function createTablespaces(
  connection: Connection,
  tablespaces: Manifest['tablespaces'],
  attempt: Attempt,
): Promise<void> {
  const there = await namesOf(connection, 'SELECT spcname AS name FROM pg_catalog.pg_tablespace ORDER BY 1');
  const missing = Object.entries(tablespaces).filter(([name]) => !there.has(name));
  if (missing.length > 0) await attempt('tablespaces', 'SET allow_in_place_tablespaces = on');
  for (const [name, options] of missing) {
    const list = options.length > 0 ? ` WITH (${optionList(options)})` : '';
    await attempt(`tablespace ${name}`, `CREATE TABLESPACE ${quoteIdent(name)} LOCATION ''${list}`);
  }
  for (const [name, options] of Object.entries(tablespaces)) {
    if (!there.has(name) || options.length === 0) continue;
    await attempt(`options of ${name}`, `ALTER TABLESPACE ${quoteIdent(name)} SET (${optionList(options)})`);
  }
}

async function namesOf(connection: Connection, sql: string): Promise<Set<string>> {
  return new Set((await connection.query<{ name: string }>(sql)).map(({ name }) => name));
}

/** Turns `seq_page_cost=2` into `"seq_page_cost" = '2'`. */
function optionList(options: readonly string[]): string {
  return options
    .map((option) => {
      const at = option.indexOf('=');
      return `${quoteIdent(option.slice(0, at))} = ${quoteLiteral(option.slice(at + 1))}`;
    })
    .join(', ');
}
