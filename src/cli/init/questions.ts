import { isCancel, type Option, select, text } from '@clack/prompts';
import { hasSecret } from '../../postgres/index.ts';
import { output } from '../terminal/terminal.ts';
import { DUMP } from './schema.ts';
import type { Forge } from './workflow.ts';

/** Answers to the prompts of init; undefined if not given as an option. */
export interface Answers {
  readonly source?: string | undefined;
  readonly schema?: string | undefined;
  readonly dumpSchema?: boolean | undefined;
  readonly suites?: string | undefined;
  /** The CI system to write a job for; false for none. */
  readonly workflow?: Forge | false | undefined;
}

/** Guesses from the files of the project; null if there is no guess. */
export interface Guesses {
  readonly schema: string | null;
  readonly forge: Forge | null;
}

/** Prompts for each answer that is not known yet. Null if the user cancels. */
export async function ask(known: Answers, guesses: Guesses): Promise<Answers | null> {
  const source = known.source ?? (await askSource());
  if (source === null) return null;
  const schema =
    known.schema !== undefined || known.dumpSchema ? known : await askSchema(guesses.schema, source !== '');
  if (schema === null) return null;
  const suites = known.suites ?? (await asked(text({ ...named('Folder of the suites', 'suites'), output })));
  if (suites === null) return null;
  const workflow = known.workflow ?? (await askWorkflow(guesses.forge));
  if (workflow === null) return null;
  return { source, schema: schema.schema, dumpSchema: schema.dumpSchema, suites, workflow };
}

async function askSource(): Promise<string | null> {
  return asked(
    text({
      message: 'URL of production, or of a replica (leave empty to set REGRESS_SOURCE_URL later)',
      placeholder: 'postgresql://reader@replica/shop',
      defaultValue: '',
      validate: (value) => {
        try {
          if (value) hasSecret(value);
          return undefined;
        } catch (error) {
          return (error as Error).message;
        }
      },
      output,
    }),
  );
}

type SchemaAnswer = Pick<Answers, 'schema' | 'dumpSchema'>;

async function askSchema(guess: string | null, hasSource: boolean): Promise<SchemaAnswer | null> {
  const options: Option<'guess' | 'dump' | 'other' | 'later'>[] = [
    ...(guess === null ? [] : [{ value: 'guess' as const, label: guess, hint: 'found here' }]),
    ...(hasSource ? [{ value: 'dump' as const, label: `pg_dump of the source, to ${DUMP}` }] : []),
    { value: 'other', label: 'another command, or a SQL file' },
    { value: 'later', label: 'later, in regress.yaml' },
  ];
  const choice = await asked(select({ message: "What builds a branch's schema?", options, output }));
  if (choice === null) return null;
  if (choice === 'guess') return { schema: guess ?? undefined };
  if (choice === 'dump') return { dumpSchema: true };
  if (choice === 'later') return { schema: '' };
  const written = await asked(text({ ...named('Command or .sql file', 'npm run migrate'), output }));
  return written === null ? null : { schema: written };
}

async function askWorkflow(guess: Forge | null): Promise<Forge | false | null> {
  const options: Option<Forge | false>[] = [
    { value: 'github', label: 'GitHub', hint: '.github/workflows/regress.yml' },
    { value: 'gitlab', label: 'GitLab', hint: '.gitlab-ci.yml' },
    { value: false, label: 'neither, or later' },
  ];
  const message = 'Which CI system checks pull requests?';
  return asked(select({ message, options, initialValue: guess ?? false, output }));
}

function named(message: string, value: string) {
  return { message, placeholder: value, defaultValue: value };
}

async function asked<T>(answer: Promise<T>): Promise<Exclude<T, symbol> | null> {
  const given = await answer;
  return isCancel(given) ? null : (given as Exclude<T, symbol>);
}
