import type { SchemaMap } from '../../model/schema-map.ts';
import { displaySchema } from './schema-map.ts';

/** Settings whose search_path names CI's schemas in place of production's. */
export function mapSearchPath(
  settings: Readonly<Record<string, string>>,
  map: SchemaMap,
): Readonly<Record<string, string>> {
  const path = settings.search_path;
  if (path === undefined) return settings;
  const items = path.match(/(?:"(?:[^"]|"")*"|[^,"])+/g)?.map((item) => item.trim()) ?? [];
  const mapped = items.flatMap((item) => {
    const keys = [...map].filter(([, production]) => production === nameOf(item)).map(([key]) => key);
    return keys.length > 0 ? keys.map(displaySchema) : [item];
  });
  return { ...settings, search_path: [...new Set(mapped)].join(', ') };
}

function nameOf(item: string): string {
  return item.startsWith('"') ? item.slice(1, -1).replaceAll('""', '"') : item.toLowerCase();
}
