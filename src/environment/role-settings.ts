import type { Manifest, RoleSettings } from '../model/snapshot.ts';

/** Settings a session of a role has in production besides those the snapshot's own session had. */
export interface EffectiveSettings {
  /** Those that differ from the manifest's, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Settings that the snapshot's role overrides for itself, so that what others have is not known. */
  readonly unknown: readonly string[];
}

/**
 * The planner settings of a session of `role` in production, where they are not those of `manifest.settings`, in the
 * order of process_settings (postinit.c): all roles, the database, the role, the role in the database.
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

/** What is set for all roles (null) or for one: in the database, over what holds in every database. */
function overridesOf(all: readonly RoleSettings[], role: string | null): Record<string, string> {
  const own = all.filter((each) => each.role === role);
  const of = (database: boolean) => own.filter((each) => each.database === database).map(({ settings }) => settings);
  return Object.assign({}, ...of(false), ...of(true));
}
