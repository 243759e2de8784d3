import type { RegressError } from '../model/errors.ts';

/** The steps of a configuration, and their places. */
interface Steps {
  readonly prepare: readonly object[];
  fail(step: number, message: string, hint: string): RegressError;
}

/** With --no-prepare-run the schema comes from SQL alone. Throws RegressError `config` at the first step that is a command. */
export function refuseCommands({ prepare, fail }: Steps, isAllowed: boolean | undefined): void {
  const step = prepare.findIndex((each) => 'run' in each);
  if (isAllowed !== false || step === -1) return;
  throw fail(
    step,
    'a command is refused by --no-prepare-run',
    'Build the schema by steps "sql: FILE", such as what pg_dump --schema-only writes, or leave the option out.',
  );
}
