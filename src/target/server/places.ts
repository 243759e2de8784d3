import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Folders in which packages put the programs of a major: `folder`, then a name that ends in the major, then `rest`. */
const PLACES: readonly { readonly folder: string; readonly name: RegExp; readonly rest: string }[] = [
  { folder: '/usr/lib/postgresql', name: /^(\d+)$/, rest: 'bin' },
  { folder: '/opt/homebrew/opt', name: /^postgresql@(\d+)$/, rest: 'bin' },
  { folder: '/usr/local/opt', name: /^postgresql@(\d+)$/, rest: 'bin' },
  { folder: '/usr', name: /^pgsql-(\d+)$/, rest: 'bin' },
];

/** Paths where a pg_config may be, by place, newest major first. */
export async function pgConfigsInKnownPlaces(): Promise<string[]> {
  const perPlace = await Promise.all(
    PLACES.map(async ({ folder, name, rest }) => {
      const entries = await readdir(folder).catch(() => []);
      return entries
        .flatMap((entry) => {
          const major = name.exec(entry)?.[1];
          return major === undefined ? [] : [{ major: Number(major), path: join(folder, entry, rest, 'pg_config') }];
        })
        .sort((a, b) => b.major - a.major)
        .map(({ path }) => path);
    }),
  );
  return perPlace.flat();
}
