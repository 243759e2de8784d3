import { isSnapshotSetting } from '../environment/index.ts';
import type { Manifest, StrangeSetting } from '../model/snapshot.ts';

/**
 * Splits a manifest from the settings that regress never writes into one. A snapshot is data: it must not set anything on
 * a target except production's planner settings.
 */
export function withoutStrangeSettings(
  manifest: Manifest,
  file: string,
): { readonly manifest: Manifest; readonly strangeSettings: readonly StrangeSetting[] } {
  const strangeSettings: StrangeSetting[] = [];
  const known = (settings: Manifest['settings'], role: string | null) =>
    Object.fromEntries(
      Object.entries(settings).filter(([name, value]) => {
        const isKnown = isSnapshotSetting(name);
        if (!isKnown) strangeSettings.push({ name, value, role, file });
        return isKnown;
      }),
    );
  const settings = known(manifest.settings, null);
  const role_settings = manifest.role_settings.map((each) => ({ ...each, settings: known(each.settings, each.role) }));
  return { manifest: { ...manifest, settings, role_settings }, strangeSettings };
}
