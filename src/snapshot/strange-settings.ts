import { isSnapshotSetting } from '../environment/index.ts';
import type { Manifest, StrangeSetting } from '../model/snapshot.ts';

/**
 * A manifest without the settings that no snapshot reads, and these. What a snapshot holds is data: it is not to set
 * anything on a target but what it says of production's planner.
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
