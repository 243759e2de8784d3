import { type Connection, serverVersion } from '../postgres/index.ts';

/** The role that restores, and its database. */
export interface TargetIdentity {
  readonly role: string;
  readonly superuser: boolean;
  readonly database: string;
  /** True if the role may set settings on the database and maintain every table in it. */
  readonly ownsDatabase: boolean;
  readonly major: number;
}

const IDENTITY_SQL = `
SELECT current_user AS role, pg_catalog.current_setting('is_superuser') = 'on' AS superuser, d.datname AS database,
  pg_catalog.pg_has_role(d.datdba, 'USAGE') AS "ownsDatabase"
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()`;

/** Reads the role and the database of a connection. */
export async function readIdentity(connection: Connection): Promise<TargetIdentity> {
  const { major } = await serverVersion(connection);
  const [row] = await connection.query<Omit<TargetIdentity, 'major'>>(IDENTITY_SQL);
  if (row === undefined) throw new Error('the current database is not in pg_database');
  return { ...row, major };
}
