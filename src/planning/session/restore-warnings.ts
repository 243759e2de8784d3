import type { RestoreReport } from '../../restore/index.ts';
import type { RunContext } from './run-context.ts';

/** Further warnings of one kind are only counted: a missing schema would fill the screen. */
const MAX_NAMED = 10;

/** Warns of objects that are in only one of the snapshot and the target, and of what was refused or skipped. */
export function warnOfRestore(report: RestoreReport, context: RunContext): void {
  const warnAll = (lines: readonly string[]) => {
    const named = context.verbose ? lines.length : MAX_NAMED;
    for (const line of lines.slice(0, named)) context.progress.warn(line);
    if (lines.length > named) context.progress.warn(`${lines.length - named} more of these (--verbose shows all)`);
  };
  warnAll(report.missing.map(({ description }) => `the snapshot has ${description}, but the target does not`));
  warnAll(
    report.unknown
      .filter(({ estimate }) => estimate === undefined)
      .map(
        ({ description }) =>
          `the target has ${description}, but the snapshot does not: its size and statistics are not production's`,
      ),
  );
  warnAll(
    report.refused.map(({ object, what, message, origin }) => {
      const where = origin?.file === undefined ? '' : ` (${origin.file})`;
      return `${object}: ${what} refused: ${message}${where}`;
    }),
  );
  warnAll(report.skippedSettings.map(({ name, reason }) => `setting ${name} not set: ${reason}`));
  const skipped = report.catalogs?.skipped ?? null;
  if (skipped !== null) {
    context.progress.warn(
      `system catalogs not restored: ${skipped}; queries on them are planned with the target's own statistics`,
    );
  }
  if (report.autovacuum) {
    context.progress.warn('autovacuum is on in the target and may overwrite the restored statistics', {
      hint: 'ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();',
    });
  }
}
