import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { projectFoldersOf, settle } from '../../files/index.ts';
import { RegressError } from '../../model/errors.ts';
import { fileError } from '../../model/file-error.ts';
import { hasSecret } from '../../postgres/index.ts';
import type { Context, GlobalOptions } from '../terminal/context.ts';
import { CANCELLED, canAsk } from '../terminal/terminal.ts';
import { configText, type Project, suiteText } from './files.ts';
import type { Answers, Guesses } from './questions.ts';
import { DUMP, guessSchema, schemaStep } from './schema.ts';
import { lookAt } from './source.ts';
import { type Forge, guessForge, type Workflow, workflowOf } from './workflow.ts';

export interface InitAnswers extends Omit<Answers, 'workflow'> {
  /** `true`: the guessed system, else GitHub. */
  readonly workflow?: Forge | boolean;
  /** The role that gets the grants. */
  readonly role: string;
  /** Do not prompt. */
  readonly yes?: boolean;
}

/**
 * Writes regress.yaml, an example suite and the other files asked for, and prints the grants and the next commands.
 * Resolves to the exit status. Throws RegressError `usage`, before writing anything, if a file already exists.
 */
export async function initProject(options: InitAnswers, globals: GlobalOptions, context: Context): Promise<number> {
  const path = resolve(globals.config ?? 'regress.yaml');
  const folder = dirname(path);
  // Checked before the first prompt.
  refuseExisting([path]);
  const guesses = { schema: await guessSchema(folder), forge: await guessForge(folder) };
  const source = options.source || context.env.REGRESS_SOURCE_URL || undefined;
  const workflow = options.workflow === true ? (guesses.forge ?? 'github') : options.workflow;
  const known = { ...options, source, workflow };
  const isAsking = !options.yes && canAsk(context);
  const answers = isAsking ? await askQuestions(known, guesses) : withDefaults(known, guesses);
  if (answers === null) {
    context.say('nothing was written');
    return CANCELLED;
  }
  const suites = inFolder(folder, answers.suites || 'suites');
  const job = answers.workflow ? await workflowOf(answers.workflow, folder) : null;
  const paths = {
    config: path,
    suite: join(folder, suites, 'example.yaml'),
    schema: answers.dumpSchema ? join(folder, DUMP) : null,
    workflow: job?.path ?? null,
  };
  refuseExisting(Object.values(paths).flatMap((each) => each ?? []));
  const found = await lookAt(answers, options.role, context);
  const step = answers.dumpSchema ? { sql: DUMP } : answers.schema ? schemaStep(answers.schema) : null;
  const project: Project = {
    sourceUrl: sourceInFile(answers.source, context),
    schema: step,
    suites,
    columns: found.columns,
  };
  const texts: readonly (readonly [string | null, string])[] = [
    [paths.config, configText(project)],
    [paths.suite, suiteText(project)],
    [paths.schema, found.dump ?? ''],
    [paths.workflow, job?.text(found.major) ?? ''],
  ];
  for (const [file, text] of texts) if (file !== null) context.print(await write(file, text));
  context.print(
    `\n${found.grants}\n${nextSteps(project, { source: answers.source, unreached: found.unreached, job }, context)}`,
  );
  return 0;
}

async function askQuestions(known: Answers, guesses: Guesses): Promise<Answers | null> {
  // Loaded only for prompts.
  const { ask } = await import('./questions.ts');
  return ask(known, guesses);
}

function withDefaults(known: Answers, guesses: Guesses): Answers {
  return {
    ...known,
    schema: known.schema ?? guesses.schema ?? undefined,
    workflow: known.workflow ?? guesses.forge ?? undefined,
  };
}

/** Path of a folder relative to regress.yaml. Throws RegressError `usage` for a folder outside the project. */
function inFolder(folder: string, written: string): string {
  const inside = relative(folder, resolve(folder, written)).split(sep).join('/');
  if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return inside;
  throw new RegressError('usage', `the folder of the suites must be below ${folder}`, {
    hint: 'npx regress-pg init --suites suites',
  });
}

function refuseExisting(paths: readonly string[]): void {
  const [there] = paths.filter((path) => existsSync(path));
  if (there === undefined) return;
  throw new RegressError('usage', `${relative(process.cwd(), there) || there} already exists`, {
    detail: 'init only creates new files. It has written nothing.',
    hint: 'To start over, move the file away; to check the existing setup: npx regress-pg doctor',
  });
}

async function write(path: string, text: string): Promise<string> {
  const shown = relative(process.cwd(), path) || path;
  try {
    await settle(path, projectFoldersOf(process.cwd()));
    await mkdir(dirname(path), { recursive: true });
    // wx: never overwrites a file that was created in the meantime.
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw fileError(shown, cause, 'usage');
  }
  return `wrote ${shown}\n`;
}

const FROM_ENVIRONMENT = '${env:REGRESS_SOURCE_URL}';

/** The source URL for regress.yaml. A URL with a password, or one from the environment, is not written there. */
function sourceInFile(source: string | undefined, { env }: Context): string {
  if (!source || source === env.REGRESS_SOURCE_URL || hasSecret(source) || source.includes('${'))
    return FROM_ENVIRONMENT;
  return source;
}

interface Outcome {
  readonly source: string | undefined;
  /** Why the source could not be reached. */
  readonly unreached: string | null;
  readonly job: Workflow | null;
}

function nextSteps({ schema, sourceUrl }: Project, { source, unreached, job }: Outcome, { env }: Context): string {
  const fromEnvironment = sourceUrl === FROM_ENVIRONMENT;
  const isSet = !fromEnvironment || Boolean(env.REGRESS_SOURCE_URL);
  const place = fromEnvironment ? 'REGRESS_SOURCE_URL' : 'source.url in regress.yaml';
  return [
    'Next:',
    ...(unreached === null ? [] : [`  correct ${place}, or make the source reachable: ${unreached}`]),
    ...(schema === null ? ['  add the steps that build the schema to target.prepare in regress.yaml'] : []),
    ...(job?.next ? [`  ${job.next}`] : []),
    ...(isSet
      ? []
      : [`  export REGRESS_SOURCE_URL=…  # ${source ? 'its password is not written to a file' : 'the source'}`]),
    '  npx regress-pg snapshot      # reads production',
    '  npx regress-pg update --all  # accepts the current plans as baselines',
    '  npx regress-pg check         # compares with them, here and in CI',
    '',
  ].join('\n');
}
