import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { Snapshot, Unreadable } from '../../model/snapshot.ts';
import { counted, listed } from '../../model/text/wording.ts';
import { openSnapshot } from '../../snapshot/index.ts';
import { failed } from './diagnose.ts';

const about = { subject: 'snapshot' } as const;

/**
 * The snapshot, null where there is none that loads, and what of it is missing. Every file is read, so that one that was
 * changed is found. None where none was `named` is only the beginning.
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
  // The SQL of a helper function is long; the source's own part prints it.
  const mends = unreadable.flatMap(({ hint }) => hint ?? []);
  const grants = mends.map((sql) =>
    sql.startsWith('GRANT ') ? sql : 'regress doctor --source URL, which prints the SQL',
  );
  return {
    ...about,
    level: 'warn',
    message: `${what} could not be read of ${listed(unreadable.map(({ object }) => object))}`,
    detail: 'Plans that touch these can have other costs than in production.',
    hint: [...new Set(grants), 'then: regress snapshot'].join('; '),
  };
}

function withoutValues(): Diagnosis {
  return {
    ...about,
    level: 'warn',
    message: 'it was taken without values of columns',
    detail: 'Conditions with constants are estimated as if nothing were known of them.',
    hint: 'regress snapshot without --no-values',
  };
}
