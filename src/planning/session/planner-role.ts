import { effectiveSettings, readRoleSettings } from '../../environment/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { Manifest } from '../../model/snapshot.ts';
import type { UnmetCondition } from '../../model/target/condition.ts';
import { type Connection, quoteIdent } from '../../postgres/index.ts';
import { conditionsOf } from './conditions.ts';
import type { RunContext } from './run-context.ts';

/** The role that plans, and its settings. */
export interface Planner {
  readonly role: string | null;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The planner on the target, and the conditions it does not meet. Throws RegressError `target` if the role does not
 * exist.
 */
export async function planAs(
  connection: Connection,
  role: string | null,
  manifest: Manifest,
): Promise<{ readonly planner: Planner; readonly conditions: UnmetCondition[] }> {
  const conditions = await conditionsOf(connection, manifest);
  if (role === null) return { planner: { role, settings: {} }, conditions };
  const { settings, unknown } = effectiveSettings(manifest, role);
  return {
    planner: { role, settings },
    conditions: [...conditions, ...(await roleConditions(connection, role, manifest)), ...unknown.map(unknownSetting)],
  };
}

const ROLE_SQL = `
SELECT rolsuper AS superuser, rolbypassrls AS bypassrls FROM pg_catalog.pg_roles WHERE rolname = $1 ORDER BY 1`;

async function roleConditions(connection: Connection, role: string, manifest: Manifest): Promise<UnmetCondition[]> {
  const [here] = await connection.query<{ superuser: boolean; bypassrls: boolean }>(ROLE_SQL, [role]);
  if (here === undefined) {
    throw new RegressError('target', `role "${role}" of target.role does not exist in the target`, {
      detail:
        'Queries are planned as this role, because privileges and row-level security change what the planner sees.',
      hint: `CREATE ROLE ${quoteIdent(role)}, with the privileges it has in production`,
    });
  }
  const there = manifest.roles?.find(({ name }) => name === role);
  if (there === undefined) return [];
  const sees = (of: { superuser: boolean; bypassrls: boolean }) => of.superuser || of.bypassrls;
  if (sees(there) === sees(here)) return [];
  return [
    {
      code: 'role',
      message: `role "${role}" bypasses row-level security in ${sees(there) ? 'production, but not in the target' : 'the target, but not in production'}`,
      effect: 'Plans of tables with policies differ.',
      hint: `ALTER ROLE ${quoteIdent(role)} ${sees(there) ? 'BYPASSRLS' : 'NOBYPASSRLS NOSUPERUSER'}`,
    },
  ];
}

function unknownSetting(name: string): UnmetCondition {
  return {
    code: 'role',
    message: `the value of setting ${name} for other roles is unknown, because the snapshot's role has its own`,
    effect: 'Costs and the choice of plans can differ.',
    hint: `Take the snapshot as a role without ALTER ROLE … SET ${name}.`,
  };
}

const MEMBER_SQL = `
SELECT current_user::pg_catalog.text AS reader,
       COALESCE((SELECT pg_catalog.pg_has_role(r.oid, 'MEMBER') FROM pg_catalog.pg_roles r WHERE r.rolname = $1), false) AS member
 ORDER BY 1`;

/**
 * The planner on the source: the application's role if the reader is a member of it, with the role's current settings.
 */
export async function sourcePlanner(
  source: Connection,
  { role }: Planner,
  settings: Readonly<Record<string, string>>,
  context: RunContext,
): Promise<Planner> {
  if (role === null) return { role, settings: {} };
  const [row] = await source.query<{ reader: string; member: boolean }>(MEMBER_SQL, [role]);
  const reader = row?.reader ?? '';
  const role_settings = await readRoleSettings(source, Object.keys(settings));
  const effective = effectiveSettings({ settings, role_settings, role: reader }, role);
  if (!row?.member) {
    context.progress.warn(
      `production plans as "${reader}", which is not a member of "${role}": if their privileges or policies differ, plans may too`,
      { hint: `GRANT ${quoteIdent(role)} TO ${quoteIdent(reader)}` },
    );
  }
  return { role: row?.member ? role : null, settings: effective.settings };
}
