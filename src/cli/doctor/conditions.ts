import type { Snapshot } from '../../model/snapshot.ts';
import type { Diagnosis } from '../../model/target/diagnosis.ts';
import { planAs } from '../../planning/index.ts';
import { connect } from '../../postgres/index.ts';

export function ofTarget(level: Diagnosis['level'], message: string, more: Partial<Diagnosis> = {}): Diagnosis {
  return { subject: 'target', level, message, ...more };
}

/**
 * The conditions of identical plans that do not hold in a database. Settings are left out where none were `restored`, and
 * encoding and locale where regress makes its own database; what the source lacks is said of the snapshot.
 */
export async function diagnoseConditions(
  url: string,
  { manifest }: Snapshot,
  { role, restored, made }: { readonly role: string | null; readonly restored: boolean; readonly made: boolean },
): Promise<Diagnosis[]> {
  const connection = await connect(url, 'target');
  try {
    const { conditions } = await planAs(connection, role, manifest);
    const elsewhere = [
      ...['privileges', 'values'],
      ...(restored ? [] : ['setting']),
      ...(made ? [] : ['encoding', 'collation', 'ctype']),
    ];
    const unmet = conditions.filter(({ code }) => !elsewhere.includes(code));
    if (unmet.length === 0) return [ofTarget('ok', 'every condition of identical plans that can be told here holds')];
    return unmet.map(({ message, effect, hint }) =>
      ofTarget('warn', message, { detail: effect, ...(hint && { hint }) }),
    );
  } finally {
    await connection.close();
  }
}
