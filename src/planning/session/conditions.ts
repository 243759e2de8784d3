import { majorSql, readServer, type TargetEnvironment, unmetConditions } from '../../environment/index.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { UnmetCondition } from '../../model/target/condition.ts';
import { type Connection, serverVersion } from '../../postgres/index.ts';
import type { RunContext } from './run-context.ts';

const SETTINGS_SQL = `
SELECT name, setting, source FROM pg_catalog.pg_settings
 WHERE name = ANY ($1)
 ORDER BY name COLLATE "C"`;

interface SettingRow {
  readonly name: string;
  readonly setting: string;
  readonly source: string;
}

/** Planner settings of a session of the target, in the unit of pg_settings. */
export async function settingsInForce(
  connection: Connection,
  names: readonly string[],
): Promise<Record<string, string>> {
  const rows = await connection.query<SettingRow>(SETTINGS_SQL, [names]);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** The conditions for identical plans that a session of the target does not meet. */
export async function conditionsOf(connection: Connection, manifest: Manifest): Promise<UnmetCondition[]> {
  return unmetConditions(manifest, await readEnvironment(connection, manifest));
}

async function readEnvironment(connection: Connection, manifest: Manifest): Promise<TargetEnvironment> {
  const version = await serverVersion(connection);
  const { server } = await readServer(connection, version, majorSql(version.major), '');
  const rows = await connection.query<SettingRow>(SETTINGS_SQL, [Object.keys(manifest.settings)]);
  const [user] = await connection.query<{ role: string }>('SELECT current_user::pg_catalog.text AS role ORDER BY 1');
  return {
    server,
    settings: Object.fromEntries(rows.map(({ name, setting }) => [name, setting])),
    settingSources: Object.fromEntries(rows.map(({ name, source }) => [name, source])),
    ...(user !== undefined && { role: user.role }),
  };
}

/**
 * Warns of each unmet condition, its effect and its fix. Leaves out settings in `reported`, which have a warning
 * already.
 */
export function warnOfConditions(
  conditions: readonly UnmetCondition[],
  context: RunContext,
  reported: readonly string[] = [],
): void {
  const isReported = ({ setting }: UnmetCondition) => setting !== undefined && reported.includes(setting);
  for (const condition of conditions.filter((each) => !isReported(each))) {
    const { message, effect, hint } = condition;
    context.progress.warn(message, { detail: effect, hint });
  }
}
