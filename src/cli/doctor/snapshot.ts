import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Unreadable } from '../../model/manifest.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { counted, listed } from '../../model/text/wording.ts';
import { openSnapshot } from '../../snapshot/index.ts';
import { failed } from './failed-diagnosis.ts';

const about = { subject: 'snapshot' } as const;

/**
 * Opens the snapshot (null if it cannot be read) and diagnoses what it lacks. Reads every file, to find changed ones. A
 * missing snapshot is an error only if it was `named` on the command line.
 */
export async function diagnoseSnapshot(
  path: string,
  named: boolean,
): Promise<{ readonly snapshot: Snapshot | null; readonly diagnoses: Diagnosis[] }> {
  try {
    const snapshot = await openSnapshot(path);
    for await (const _ of snapshot.relations());
    return { snapshot, diagnoses: describe(snapshot) };
  } catch (error) {
    const level = named || existsSync(path) ? 'fail' : 'note';
    return { snapshot: null, diagnoses: [{ ...failed('snapshot', error), level }] };
  }
}

function describe({ path, manifest }: Snapshot): Diagnosis[] {
  const { capturedAt, files, server, unreadable, values } = manifest;
  const captured = `captured ${capturedAt.slice(0, 16).replace('T', ' ')} UTC`;
  const relations = counted(Object.keys(files).length, 'relation');
  const where = relative(process.cwd(), path) || '.';
  return [
    { ...about, level: 'ok', message: `${where}: ${relations} of PostgreSQL ${server.version}, ${captured}` },
    ...[...new Set(unreadable.map(({ what }) => what))].map((what) =>
      lacking(
        what,
        unreadable.filter((each) => each.what === what),
      ),
    ),
    ...(values ? [] : [withoutValues()]),
  ];
}

function lacking(what: string, unreadable: readonly Unreadable[]): Diagnosis {
  // The SQL of a helper function is long; the diagnoses of the source print it.
  const hints = unreadable.flatMap(({ hint }) => hint ?? []);
  const grants = hints.map((sql) =>
    sql.startsWith('GRANT ') ? sql : 'npx regress-pg doctor --source URL, which prints the SQL',
  );
  return {
    ...about,
    level: 'warn',
    message: `could not read ${what} of ${listed(unreadable.map(({ object }) => object))}`,
    detail: 'Plans that use these can have other costs than in production.',
    hint: [...new Set(grants), 'then: npx regress-pg snapshot'].join('; '),
  };
}

function withoutValues(): Diagnosis {
  return {
    ...about,
    level: 'warn',
    message: 'it was taken without column values',
    detail: 'The planner estimates conditions with constants by its defaults.',
    hint: 'npx regress-pg snapshot (without --no-values)',
  };
}
