import type { RegressError } from '../model/errors.ts';

/** The steps of target.prepare, and a way to report an error at one of them. */
interface Steps {
  readonly prepare: readonly object[];
  fail(step: number, message: string, hint: string): RegressError;
}

/**
 * Enforces --no-prepare-run, with which only SQL builds the schema. Throws RegressError `config` at the first step that
 * is a command.
 */
export function refuseCommands({ prepare, fail }: Steps, isAllowed: boolean | undefined): void {
  const step = prepare.findIndex((each) => 'run' in each);
  if (isAllowed !== false || step === -1) return;
  throw fail(
    step,
    'commands are not allowed with --no-prepare-run',
    'Build the schema with steps "sql: FILE", for example the output of pg_dump --schema-only, or omit the option.',
  );
}
