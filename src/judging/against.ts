import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onExit } from '../cleanup/index.ts';
import { type Config, loadConfig, loadProjects } from '../config/index.ts';
import { addWorktree, findRevision, linkModules, type Repository, type Revision, repositoryOf } from '../git/index.ts';
import { RegressError } from '../model/errors.ts';
import type { Progress } from '../model/progress.ts';
import type { Suite } from '../model/suite.ts';
import { type PlanningOptions, type Plans, planSuites, type RunContext } from '../planning/index.ts';
import { loadSuites } from '../suite/index.ts';

/** Another revision of the project, planned with today's snapshot. */
export interface PlannedRevision extends Revision {
  /** Its name in sentences. */
  readonly name: string;
  /** Its plans, or why it has none: the end of a sentence, such as `has no regress.yaml`. */
  readonly plans: Plans | { readonly lacks: string };
}

/**
 * Checks out a revision (null: the merge base with the main branch) into a worktree, builds its schema with its own
 * `target.prepare` in a database of its own, and plans its suites with the branch's snapshot. Throws RegressError; an
 * error about the revision names it.
 */
export async function planRevision(
  ref: string | null,
  config: Config,
  options: PlanningOptions,
  context: RunContext,
): Promise<PlannedRevision> {
  requirePrepare(config);
  const repository = await repositoryOf(config.folder);
  const revision = await findRevision(repository, ref);
  const name = revision.mergeBase ? `the merge base with ${revision.ref}` : revision.ref;
  context.say(`planning ${name}, ${revision.commit.slice(0, 12)}, in a worktree`);
  const worktree = await addWorktree(repository, revision.commit);
  const remove = onExit(worktree.remove);
  try {
    const plans = await planWorktree({ repository, worktree: worktree.top, name }, config, options, context);
    context.say('planning the branch');
    return { ...revision, name, plans };
  } catch (error) {
    throw error instanceof RegressError ? ofRevision(error, name, revision.commit) : error;
  } finally {
    await remove();
  }
}

function requirePrepare(config: Config): void {
  if (config.target.prepare.length > 0) return;
  throw new RegressError('usage', '--against needs target.prepare', {
    detail: 'regress must build the schema of the other revision, in a database of its own.',
    hint: 'Set it in regress.yaml: target: { prepare: [{ run: npm run migrate }] }',
  });
}

interface Layout {
  readonly repository: Repository;
  /** Top of the worktree. */
  readonly worktree: string;
  readonly name: string;
}

async function planWorktree(
  { repository, worktree, name }: Layout,
  config: Config,
  options: PlanningOptions,
  context: RunContext,
): Promise<PlannedRevision['plans']> {
  const file = basename(config.path ?? 'regress.yaml');
  const path = join(worktree, repository.prefix, file);
  if (!existsSync(path)) return { lacks: `has no ${file}` };
  const theirs = await theirConfig(path, config.project, context);
  if (theirs === null) return { lacks: `has no project ${config.project} in ${file}` };
  if (theirs.target.prepare.length === 0) return { lacks: `has no target.prepare in ${file}` };
  const suites = await suitesOf(theirs);
  if (suites === null) return { lacks: 'has no suites' };
  await linkPackages({ repository, worktree, name }, theirs, context);
  return planSuites(suites, onSameTerms(theirs, config), options, quietly(context, name));
}

/** The configuration of the same project at the revision; null if its file has no project of that name. */
async function theirConfig(path: string, project: string | null, { env }: RunContext): Promise<Config | null> {
  if (project === null) return loadConfig(path, env);
  const { projects } = await loadProjects(path, env);
  return projects?.find(({ name }) => name === project)?.config ?? null;
}

async function suitesOf({ suites }: Config): Promise<Suite[] | null> {
  try {
    return await loadSuites(suites);
  } catch (error) {
    if (error instanceof RegressError && error.reason === 'no-suites') return null;
    throw error;
  }
}

/** The revision's own schema, names and role, on the branch's server and snapshot. */
function onSameTerms(theirs: Config, ours: Config): Config {
  const { prepare, role, fail } = theirs.target;
  return { ...ours, folder: theirs.folder, map: theirs.map, target: { ...ours.target, prepare, role, fail } };
}

/** Hides the revision's warnings without --verbose: the branch repeats those that still hold. */
function quietly(context: RunContext, name: string): RunContext {
  const warn: Progress['warn'] = (message, fields) => {
    if (context.verbose) context.progress.warn(`${name}: ${message}`, fields);
  };
  return { ...context, progress: { ...context.progress, warn } };
}

async function linkPackages(
  { repository, worktree, name }: Layout,
  theirs: Config,
  context: RunContext,
): Promise<void> {
  const { lacking } = await linkModules(repository.top, repository.prefix, worktree);
  if (lacking.length === 0 || !theirs.target.prepare.some((step) => 'run' in step)) return;
  context.progress.warn(
    `the worktree of ${name} has no node_modules, because its lock file differs (${lacking.join(', ')})`,
    { hint: 'If prepare needs packages, let it install them: run: test -d node_modules || npm ci' },
  );
}

function ofRevision(error: RegressError, name: string, commit: string): RegressError {
  const { code, message, detail, hint } = error;
  return new RegressError(code, `${name} (${commit.slice(0, 12)}): ${message}`, { detail, hint, cause: error });
}
