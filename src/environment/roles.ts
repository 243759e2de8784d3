import { USER_RELATION } from '../catalog/index.ts';
import type { RoleFacts } from '../model/snapshot.ts';
import { FIRST_USER_OID } from '../model/sql/oid-values.ts';
import type { Connection } from '../postgres/index.ts';

/** The roles that own relations or schemas, hold privileges on them, are named by policies, or have settings of their own. */
const NAMED_ROLES = `SELECT c.relowner FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_RELATION}
  UNION SELECT n.nspowner FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USER_RELATION}
  UNION SELECT g.grantee FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) g WHERE ${USER_RELATION}
  UNION SELECT g.grantee FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
  CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) g WHERE ${USER_RELATION}
  UNION SELECT g.grantee FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) g
  UNION SELECT pg_catalog.unnest(p.polroles) FROM pg_catalog.pg_policy p
  UNION SELECT s.setrole FROM pg_catalog.pg_db_role_setting s`;

/** These roles and their members, except the system's own; only the facts that privileges and policies depend on. */
export const ROLES_SQL = `SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypassrls, r.rolinherit AS inherit,
       ARRAY(SELECT g.rolname::pg_catalog.text FROM pg_catalog.pg_auth_members m
             JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
             WHERE m.member = r.oid ORDER BY g.rolname) AS member_of
FROM pg_catalog.pg_roles r
WHERE r.oid >= ${FIRST_USER_OID}
  AND (r.oid IN (${NAMED_ROLES})
       OR EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid AND m.roleid IN (${NAMED_ROLES})))
ORDER BY r.rolname`;

/** The roles that privileges on relations depend on. */
export function readRoles(connection: Connection): Promise<RoleFacts[]> {
  return connection.query<RoleFacts>(ROLES_SQL);
}
