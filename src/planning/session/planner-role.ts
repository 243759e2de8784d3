import { effectiveSettings, readRoleSettings } from '../../environment/index.ts';
import type { UnmetCondition } from '../../model/condition.ts';
import { RegressError } from '../../model/errors.ts';
import type { Manifest } from '../../model/snapshot.ts';
import { type Connection, quoteIdent } from '../../postgres/index.ts';
import { conditionsOf } from './conditions.ts';
import type { RunContext } from './run-context.ts';

/** As whom and under which settings of its own queries are planned. */
export interface Planner {
  readonly role: string | null;
  readonly settings: Readonly<Record<string, string>>;
}

/** Who plans on the target, and the conditions that do not hold for it. Throws RegressError `target` for a role it lacks. */
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
      message: `row-level security ${sees(there) ? 'does not hold' : 'holds'} for role "${role}" in production and ${sees(here) ? 'does not' : 'does'} in the target`,
      effect: 'Plans of tables with policies differ.',
      hint: `ALTER ROLE ${quoteIdent(role)} ${sees(there) ? 'BYPASSRLS' : 'NOBYPASSRLS NOSUPERUSER'}`,
    },
  ];
}

function unknownSetting(name: string): UnmetCondition {
  return {
    code: 'role',
    message: `what setting ${name} is for other roles is not known, because the snapshot's role has its own`,
    effect: 'Costs and the choice of plans can differ.',
    hint: `Take the snapshot as a role without ALTER ROLE … SET ${name}.`,
  };
}

const MEMBER_SQL = `
SELECT current_user::pg_catalog.text AS reader,
       COALESCE((SELECT pg_catalog.pg_has_role(r.oid, 'MEMBER') FROM pg_catalog.pg_roles r WHERE r.rolname = $1), false) AS member
 ORDER BY 1`;

/** As the application's role where the reader may become it, under the settings that role has in production now. */
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
      `production plans as "${reader}", which is no member of "${role}": where privileges or policies differ, plans may too`,
      { hint: `GRANT ${quoteIdent(role)} TO ${quoteIdent(reader)}` },
    );
  }
  return { role: row?.member ? role : null, settings: effective.settings };
}
