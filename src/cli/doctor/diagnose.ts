import { RegressError } from '../../model/errors.ts';
import type { Diagnosis, Subject } from '../../model/target/diagnosis.ts';
import { DatabaseError } from '../../postgres/index.ts';

/** Diagnoses of one subject; what stops them is the last one, so that one broken end does not hide the other. */
export async function diagnose(subject: Subject, work: () => Promise<Diagnosis[]>): Promise<Diagnosis[]> {
  try {
    return await work();
  } catch (error) {
    return [failed(subject, error)];
  }
}

/** An error as a diagnosis; one that is not about the subject is thrown. */
export function failed(subject: Subject, error: unknown): Diagnosis {
  if (!(error instanceof RegressError || error instanceof DatabaseError)) throw error;
  const { message, detail, hint } = error;
  return { subject, level: 'fail', message, ...(detail && { detail: detail.trimStart() }), ...(hint && { hint }) };
}
