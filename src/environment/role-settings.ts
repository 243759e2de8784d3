import type { Manifest, RoleSettings } from '../model/snapshot.ts';

/** Settings that a role's session has in production, compared with the session that took the snapshot. */
export interface EffectiveSettings {
  /** Those that differ from the manifest's, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Settings that the snapshot's role overrides for itself, so that the values of other roles are unknown. */
  readonly unknown: readonly string[];
}

/**
 * The planner settings of a session of `role` in production that differ from the manifest's. They apply in the order of
 * process_settings (postinit.c): all roles, the database, the role, the role in the database.
 */
export function effectiveSettings(
  { settings, role_settings, role: reader }: Pick<Manifest, 'settings' | 'role_settings' | 'role'>,
  role: string,
): EffectiveSettings {
  const common = overridesOf(role_settings, null);
  const readers = reader === undefined || reader === role ? {} : overridesOf(role_settings, reader);
  const wanted: Record<string, string> = { ...common, ...overridesOf(role_settings, role) };
  const unknown = Object.keys(readers).filter((name) => wanted[name] === undefined);
  const differing = Object.entries(wanted).filter(([name, value]) => settings[name] !== value);
  return { settings: Object.fromEntries(differing), unknown: unknown.sort() };
}

/** Settings for all roles (null) or for one. Those for this database override those for every database. */
function overridesOf(all: readonly RoleSettings[], role: string | null): Record<string, string> {
  const own = all.filter((each) => each.role === role);
  const of = (database: boolean) => own.filter((each) => each.database === database).map(({ settings }) => settings);
  return Object.assign({}, ...of(false), ...of(true));
}
