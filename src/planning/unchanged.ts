import { RegressError } from '../model/errors.ts';
import type { Connection } from '../postgres/index.ts';
import { changesSince, type TargetState } from '../restore/index.ts';

/** State that the plans of a session depend on: the target as it was restored, and the session's settings. */
export interface Ground {
  readonly state: TargetState;
  readonly settings: ReadonlyMap<string, string>;
}

/** Settings that plans may depend on. ALTER SYSTEM and a reload change them in open sessions too. */
const SETTINGS_SQL = `
SELECT s.name, s.setting FROM pg_catalog.pg_settings s
 WHERE s.category ~ '^(Query Tuning|Resource Usage|Client Connection Defaults|Version and Platform|Customized Options)'
 ORDER BY s.name COLLATE "C"`;

/** Records the ground of a session that was opened after the restore. Throws DatabaseError. */
export async function groundOf(connection: Connection, state: TargetState): Promise<Ground> {
  return { state, settings: await readSettings(connection) };
}

async function readSettings(connection: Connection): Promise<Map<string, string>> {
  const rows = await connection.query<{ name: string; setting: string }>(SETTINGS_SQL);
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}

/**
 * Checks that nothing that plans depend on has changed since the restore. Throws RegressError `target` that names the
 * changes, and DatabaseError.
 */
export async function requireUnchanged(connection: Connection, ground: Ground): Promise<void> {
  const settings = await readSettings(connection);
  // New names appear with libraries that planning loads, such as pg_trgm.
  const names = [...ground.settings.keys()].filter((name) => ground.settings.get(name) !== settings.get(name));
  const changes = [...(await changesSince(connection, ground.state)), ...names.map((name) => `setting ${name}`)];
  if (changes.length === 0) return;
  throw new RegressError('target', 'the target changed while queries were planned', {
    detail: `Plans from before and after the change cannot be compared. Changed since the restore: ${changes.join(', ')}.`,
    hint: 'Run it again while nobody else uses the target, with autovacuum off. Or give each run a database of its own: build the schema with target.prepare in regress.yaml.',
  });
}
