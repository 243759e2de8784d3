import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { closing, onExit } from '../../cleanup/index.ts';
import { RegressError } from '../../model/errors.ts';
import { type Connection, connect, hasSecret, serverVersion } from '../../postgres/index.ts';
import { grantsSql, type IndexedColumn, readAccess, readIndexedColumns } from '../../snapshot/index.ts';
import type { Context, GlobalOptions } from '../context.ts';
import { configText, type Project, suiteText } from './files.ts';
import type { Answers, Guesses } from './questions.ts';
import { DUMP, dumpSchema, guessSchema, schemaStep } from './schema.ts';
import { type Forge, guessForge, type Workflow, workflowOf } from './workflow.ts';

export interface InitAnswers extends Omit<Answers, 'workflow'> {
  /** `true`: for the system that is guessed, or GitHub. */
  readonly workflow?: Forge | boolean;
  /** Role the grants are for. */
  readonly role: string;
  /** Ask nothing. */
  readonly yes?: boolean;
}

/** The conventional status of what Ctrl-C ended. */
const CANCELLED = 130;

const MAX_EXAMPLES = 5;

/**
 * Writes regress.yaml, an example suite and what else was asked for, and says what is to be granted and typed next.
 * Resolves to the exit status. Throws RegressError `usage`, before anything is written, for a file that is there already.
 */
export async function initProject(options: InitAnswers, globals: GlobalOptions, context: Context): Promise<number> {
  const path = resolve(globals.config ?? 'regress.yaml');
  const folder = dirname(path);
  // Before any question is asked.
  refuseExisting([path]);
  const guesses = { schema: await guessSchema(folder), forge: await guessForge(folder) };
  const source = options.source || context.env.REGRESS_SOURCE_URL || undefined;
  const workflow = options.workflow === true ? (guesses.forge ?? 'github') : options.workflow;
  const known = { ...options, source, workflow };
  const answers = isAsking(options, context) ? await askQuestions(known, guesses) : withDefaults(known, guesses);
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
  context.print(`\n${found.grants}\n${nextSteps(project, answers.source, job, context)}`);
  return 0;
}

/** Questions are for people: not for CI, and not where either end is no terminal. */
function isAsking({ yes }: InitAnswers, { ci }: Context): boolean {
  return !yes && !ci && Boolean(process.stdin.isTTY) && Boolean(process.stderr.isTTY);
}

async function askQuestions(known: Answers, guesses: Guesses): Promise<Answers | null> {
  // Loaded where it is needed.
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

/** A folder as regress.yaml names it. Throws RegressError `usage` for one outside. */
function inFolder(folder: string, written: string): string {
  const inside = relative(folder, resolve(folder, written)).split(sep).join('/');
  if (inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)) return inside;
  throw new RegressError('usage', `the folder of the suites is to be below ${folder}`, {
    hint: 'regress init --suites suites',
  });
}

function refuseExisting(paths: readonly string[]): void {
  const [there] = paths.filter((path) => existsSync(path));
  if (there === undefined) return;
  throw new RegressError('usage', `${relative(process.cwd(), there) || there} exists already`, {
    detail: 'init writes new files only, and wrote none.',
    hint: 'To begin anew, move it away; to see what works as it is: regress doctor',
  });
}

async function write(path: string, text: string): Promise<string> {
  const shown = relative(process.cwd(), path) || path;
  try {
    await mkdir(dirname(path), { recursive: true });
    // Whoever made the file in the meantime keeps it.
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw new RegressError('usage', `could not write ${shown}`, { detail: `${(cause as Error).message}.`, cause });
  }
  return `wrote ${shown}\n`;
}

/** What the source tells. */
interface Found {
  readonly columns: readonly IndexedColumn[];
  readonly dump: string | null;
  /** Its version of PostgreSQL. */
  readonly major: number | null;
  /** What is to be granted, as SQL or in a sentence. */
  readonly grants: string;
}

const NOTHING = { columns: [], dump: null, major: null };

/** Looks at the source where one is named; one that cannot be reached now costs the examples alone. */
async function lookAt({ source, dumpSchema }: Answers, role: string, context: Context): Promise<Found> {
  if (!source) {
    if (dumpSchema) throw noSourceToDump();
    return { ...NOTHING, grants: grantsText(role, null) };
  }
  const connection = await connect(source, 'source').catch((error: unknown) => {
    if (dumpSchema || !(error instanceof RegressError) || error.code !== 'connection') throw error;
    context.progress.warn(`${error.message}: the example suite does not know its tables`);
    return null;
  });
  if (connection === null) return { ...NOTHING, grants: grantsText(role, null) };
  return closing(onExit(connection.close), () => lookInto(connection, { source, dumpSchema }, context.say));
}

async function lookInto(
  connection: Connection,
  { source, dumpSchema: dumps }: { readonly source: string; readonly dumpSchema?: boolean | undefined },
  say: Context['say'],
): Promise<Found> {
  const { privileges, metapages } = await readAccess(connection);
  const reads = privileges.unreadable.every(({ fatal }) => !fatal);
  return {
    columns: await readIndexedColumns(connection, MAX_EXAMPLES),
    dump: dumps ? await dumpSchema(source, connection, say) : null,
    major: (await serverVersion(connection)).major,
    grants: reads
      ? `The role "${privileges.role}" can read all a snapshot needs. To take snapshots with less: regress init --grants\n`
      : grantsText(privileges.role, metapages.pageinspect),
  };
}

function noSourceToDump(): RegressError {
  return new RegressError('usage', '--dump-schema needs a source', {
    hint: 'regress init --dump-schema --source postgresql://user@host/database',
  });
}

function grantsText(role: string, pageinspect: string | null): string {
  return `A superuser of production grants what a snapshot needs (regress init --grants prints it again):\n\n${grantsSql(role, pageinspect)}`;
}

const FROM_ENVIRONMENT = '${env:REGRESS_SOURCE_URL}';

/** A URL with a password, or one that the environment gives, stays out of the file. */
function sourceInFile(source: string | undefined, { env }: Context): string {
  if (!source || source === env.REGRESS_SOURCE_URL || hasSecret(source) || source.includes('${'))
    return FROM_ENVIRONMENT;
  return source;
}

function nextSteps(
  { schema, sourceUrl }: Project,
  source: string | undefined,
  job: Workflow | null,
  { env }: Context,
): string {
  const isSet = sourceUrl !== FROM_ENVIRONMENT || Boolean(env.REGRESS_SOURCE_URL);
  return [
    'Next:',
    ...(schema === null ? ['  say in regress.yaml, target.prepare, what builds the schema'] : []),
    ...(job?.next ? [`  ${job.next}`] : []),
    ...(isSet
      ? []
      : [`  export REGRESS_SOURCE_URL=…  # ${source ? 'its password is not written to a file' : 'the source'}`]),
    '  regress snapshot      # reads production',
    '  regress update --all  # accepts the plans of today',
    '  regress check         # from now on, and in CI',
    '',
  ].join('\n');
}
