import type { Snapshot } from '../../model/snapshot.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { planAs } from '../../planning/index.ts';
import { connect } from '../../postgres/index.ts';

export function ofTarget(level: Diagnosis['level'], message: string, more: Partial<Diagnosis> = {}): Diagnosis {
  return { subject: 'target', level, message, ...more };
}

/**
 * Diagnoses of the conditions of identical plans that a database does not meet. Leaves out settings if no snapshot was
 * `restored`, encoding and locale unless the database is `ownDatabase`, and what diagnoseSnapshot reports.
 */
export async function diagnoseConditions(
  url: string,
  { manifest }: Snapshot,
  {
    role,
    restored,
    ownDatabase,
  }: { readonly role: string | null; readonly restored: boolean; readonly ownDatabase: boolean },
): Promise<Diagnosis[]> {
  const connection = await connect(url, 'target');
  try {
    const { conditions } = await planAs(connection, role, manifest);
    const elsewhere = [
      ...['privileges', 'values'],
      ...(restored ? [] : ['setting']),
      ...(ownDatabase ? [] : ['encoding', 'collation', 'ctype']),
    ];
    const unmet = conditions.filter(({ code }) => !elsewhere.includes(code));
    if (unmet.length === 0)
      return [ofTarget('ok', 'every condition of identical plans that can be checked here is met')];
    return unmet.map(({ message, effect, hint }) =>
      ofTarget('warn', message, { detail: effect, ...(hint && { hint }) }),
    );
  } finally {
    await connection.close();
  }
}
