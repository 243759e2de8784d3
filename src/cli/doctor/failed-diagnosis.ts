import { RegressError } from '../../model/errors.ts';
import type { Diagnosis, Subject } from '../../model/target/diagnosis.ts';
import { DatabaseError } from '../../postgres/index.ts';

/** Diagnoses of one subject. An error becomes a diagnosis, so that one broken subject does not hide the others. */
export async function diagnose(subject: Subject, work: () => Promise<Diagnosis[]>): Promise<Diagnosis[]> {
  try {
    return await work();
  } catch (error) {
    return [failed(subject, error)];
  }
}

/** Turns an error into a diagnosis. Rethrows unexpected errors. */
export function failed(subject: Subject, error: unknown): Diagnosis {
  if (!(error instanceof RegressError || error instanceof DatabaseError)) throw error;
  const { message, detail, hint } = error;
  return { subject, level: 'fail', message, ...(detail && { detail: detail.trimStart() }), ...(hint && { hint }) };
}
