import { type Connection, serverVersion } from '../postgres/index.ts';

/** Who restores, and where. */
export interface TargetIdentity {
  readonly role: string;
  readonly superuser: boolean;
  readonly database: string;
  /** May set settings on the database, and maintain every table in it. */
  readonly ownsDatabase: boolean;
  readonly major: number;
}

const IDENTITY_SQL = `
SELECT current_user AS role, pg_catalog.current_setting('is_superuser') = 'on' AS superuser, d.datname AS database,
  pg_catalog.pg_has_role(d.datdba, 'USAGE') AS "ownsDatabase"
FROM pg_catalog.pg_database d
WHERE d.datname = pg_catalog.current_database()`;

/** Reads who is connected to what. */
export async function readIdentity(connection: Connection): Promise<TargetIdentity> {
  const { major } = await serverVersion(connection);
  const [row] = await connection.query<Omit<TargetIdentity, 'major'>>(IDENTITY_SQL);
  if (row === undefined) throw new Error('the current database is not in pg_database');
  return { ...row, major };
}
