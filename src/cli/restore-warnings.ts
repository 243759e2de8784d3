import type { RestoreReport } from '../restore/index.ts';
import type { Context } from './context.ts';

/** A snapshot of another major is a rehearsal: its plans are not production's. */
export function warnOfMajor(source: number, target: number, context: Context): void {
  if (source === target) return;
  context.progress.warn(
    `the snapshot is of PostgreSQL ${source} and the target runs ${target}: this rehearses an upgrade, plans are not those of production`,
  );
}

/** What of the snapshot is not in the database, what was refused, and what the snapshot does not know; on stderr. */
export function warnOfRestore(report: RestoreReport, context: Context): void {
  for (const name of report.missing) context.progress.warn(`the snapshot has ${name}, the target has not`);
  for (const name of report.unknown)
    context.progress.warn(`the target has ${name}, the snapshot has not: its size and statistics are not production's`);
  for (const { object, what, message } of report.refused)
    context.progress.warn(`${object}: ${what} refused: ${message}`);
  for (const { name, reason } of report.skippedSettings) context.progress.warn(`setting ${name} not set: ${reason}`);
  if (report.autovacuum) {
    context.progress.warn(
      'autovacuum is on in the target and may overwrite the restored statistics\nHINT:  ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();',
    );
  }
}
