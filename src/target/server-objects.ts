import type { Manifest } from '../model/snapshot.ts';
import { type Connection, DatabaseError, quoteIdent, quoteLiteral } from '../postgres/index.ts';

/** In-place tablespaces exist from 15 on (allow_in_place_tablespaces). */
const IN_PLACE_MAJOR = 15;

/**
 * Gives a throwaway server what a schema may name and only a whole server has: production's roles, without a login, and its
 * tablespaces with their options. `warn` is told what cannot be made.
 */
export async function createServerObjects(
  connection: Connection,
  manifest: Manifest,
  role: string | null,
  major: number,
  warn: (message: string) => void,
): Promise<void> {
  const attempt = async (what: string, sql: string) => {
    try {
      await connection.run(sql);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      warn(`${what} of production could not be made on the throwaway server: ${error.message}`);
    }
  };
  const there = await existing(connection, 'SELECT rolname AS name FROM pg_catalog.pg_roles ORDER BY 1');
  const roles = manifest.roles ?? [];
  const extra = role === null || roles.some(({ name }) => name === role) ? [] : [plainRole(role)];
  const missing = [...roles, ...extra].filter(({ name }) => !there.has(name));
  for (const { name, superuser, bypassrls, inherit } of missing) {
    const options = `${superuser ? ' SUPERUSER' : ''}${bypassrls ? ' BYPASSRLS' : ''}${inherit ? '' : ' NOINHERIT'}`;
    await attempt(`role ${name}`, `CREATE ROLE ${quoteIdent(name)} NOLOGIN${options}`);
    there.add(name);
  }
  for (const { name, member_of } of missing) {
    for (const group of member_of.filter((each) => there.has(each) || each.startsWith('pg_'))) {
      await attempt(`membership of ${name}`, `GRANT ${quoteIdent(group)} TO ${quoteIdent(name)}`);
    }
  }
  if (major < IN_PLACE_MAJOR) return;
  const tablespaces = await existing(connection, 'SELECT spcname AS name FROM pg_catalog.pg_tablespace ORDER BY 1');
  await connection.run('SET allow_in_place_tablespaces = on');
  for (const [name, options] of Object.entries(manifest.tablespaces)) {
    if (tablespaces.has(name)) continue;
    await attempt(`tablespace ${name}`, tablespaceSql(name, options));
  }
}

async function existing(connection: Connection, sql: string): Promise<Set<string>> {
  return new Set((await connection.query<{ name: string }>(sql)).map(({ name }) => name));
}

function plainRole(name: string) {
  return { name, superuser: false, bypassrls: false, inherit: true, member_of: [] as string[] };
}

/** `seq_page_cost=2` as `seq_page_cost = '2'`. */
function tablespaceSql(name: string, options: readonly string[]): string {
  const list = options.map((option) => {
    const at = option.indexOf('=');
    return `${quoteIdent(option.slice(0, at))} = ${quoteLiteral(option.slice(at + 1))}`;
  });
  return `CREATE TABLESPACE ${quoteIdent(name)} LOCATION ''${list.length > 0 ? ` WITH (${list.join(', ')})` : ''}`;
}
