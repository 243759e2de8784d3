import type { SchemaMap } from '../../model/schema-map.ts';
import { gucListItems, parseGucList } from '../../model/text/guc-list.ts';
import { displaySchema } from './schema-map.ts';

/** Settings whose search_path names CI's schemas in place of production's. */
export function mapSearchPath(
  settings: Readonly<Record<string, string>>,
  map: SchemaMap,
): Readonly<Record<string, string>> {
  const path = settings.search_path;
  if (path === undefined) return settings;
  const mapped = gucListItems(path).flatMap((item) => {
    const [name] = parseGucList(item, { foldCase: true });
    const keys = [...map].filter(([, production]) => production === name).map(([key]) => key);
    return keys.length > 0 ? keys.map(displaySchema) : [item];
  });
  return { ...settings, search_path: [...new Set(mapped)].join(', ') };
}
