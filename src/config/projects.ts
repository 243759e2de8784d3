import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { projectFoldersOf } from '../files/index.ts';
import { RegressError } from '../model/errors.ts';
import { type Config, type ConfigYaml, configOf, configPath, defaultConfig, FILE_NAME, readConfig } from './config.ts';
import { leadsInto, OUTSIDE } from './paths-in-project.ts';
import type { ProjectEntry } from './schema.ts';

/** One database of a regress.yaml that names several. */
export interface Project {
  readonly name: string;
  readonly config: Config;
}

/** A regress.yaml describes either one database (`config`) or several projects. */
type Projects =
  | { readonly folder: string; readonly projects: null; readonly config: Config }
  | { readonly folder: string; readonly projects: readonly Project[]; readonly config: null };

/**
 * The configuration in a file, else in the nearest regress.yaml, else the defaults. If the file has several projects, that
 * of the named one. Throws RegressError `config` with file, line, column and the line, and `usage` if no project is named
 * or if it does not exist.
 */
export async function loadConfig(
  file: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  project?: string,
): Promise<Config> {
  const { projects, config } = await loadProjects(file, env, project);
  if (projects === null) return config;
  const names = projects.map(({ name }) => name);
  throw new RegressError('usage', 'no project is named', {
    detail: `regress.yaml has the projects ${names.join(', ')}. Only check works on all of them at once.`,
    hint: `Add --project ${names[0]}, or in vitest { project: '${names[0]}' }.`,
  });
}

/** Like loadConfig, but returns all projects if the file has several and none is named. */
export async function loadProjects(
  file: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  project?: string,
): Promise<Projects> {
  const path = configPath(file);
  const yaml = path === null ? null : await readConfig(path);
  if (path === null || yaml === null || yaml.value.projects === undefined) {
    if (project !== undefined) throw noProjects(path, project);
    const config = path === null || yaml === null ? defaultConfig() : configOf(yaml, { path }, yaml.value, env);
    return { folder: config.folder, projects: null, config };
  }
  const projects = await projectsOf(yaml, path, yaml.value.projects, env);
  if (project === undefined) return { folder: dirname(path), projects, config: null };
  const named = projects.find(({ name }) => name === project);
  if (named === undefined) throw unknownProject(project, projects);
  return { folder: dirname(path), projects: null, config: named.config };
}

async function projectsOf(
  yaml: ConfigYaml,
  path: string,
  entries: readonly ProjectEntry[],
  env: NodeJS.ProcessEnv,
): Promise<Project[]> {
  const [stray] = Object.keys(yaml.value).filter((key) => key !== 'projects');
  if (stray !== undefined) throw yaml.fail([stray], `"${stray}" must be inside a project, not beside "projects"`);
  const projects: Project[] = [];
  for (const [index, entry] of entries.entries()) {
    const project = await projectOf(yaml, path, { entry, at: ['projects', index] }, env);
    if (projects.some(({ name }) => name === project.name)) {
      throw yaml.fail(['projects', index], `the name ${project.name} is already used by another project`);
    }
    projects.push(project);
  }
  return projects;
}

interface Placed {
  readonly entry: ProjectEntry;
  readonly at: readonly [string, number];
}

/** Reads an entry of `projects`: a folder with its own regress.yaml, or a name with the settings in place. */
async function projectOf(
  yaml: ConfigYaml,
  path: string,
  { entry, at }: Placed,
  env: NodeJS.ProcessEnv,
): Promise<Project> {
  const { name, folder, ...file } = entry;
  if (folder === undefined) {
    if (name === undefined) throw yaml.fail(at, 'a project needs a name, or a folder with a regress.yaml');
    return { name, config: configOf(yaml, { path, at, name }, file, env) };
  }
  const [stray] = Object.keys(file);
  if (stray !== undefined) throw yaml.fail([...at, stray], `"${stray}" belongs in the regress.yaml of ${folder}`);
  if (!leadsInto(projectFoldersOf(dirname(path)), dirname(path), folder)) {
    throw yaml.fail(
      [...at, 'folder'],
      OUTSIDE,
      'A project must be below the folder of this file, or in its repository.',
    );
  }
  const own = join(resolve(dirname(path), folder), FILE_NAME);
  if (!existsSync(own)) throw yaml.fail([...at, 'folder'], `there is no ${relative(process.cwd(), own)}`);
  const theirs = await readConfig(own);
  if (theirs.value.projects !== undefined)
    throw theirs.fail(['projects'], 'the regress.yaml of a project cannot have projects of its own');
  return {
    name: name ?? folder.replace(/\/+$/, ''),
    config: configOf(theirs, { path: own, base: dirname(path) }, theirs.value, env),
  };
}

function noProjects(path: string | null, project: string): RegressError {
  const file =
    path === null ? 'There is no regress.yaml' : `${relative(process.cwd(), path)} describes a single database`;
  return new RegressError('usage', `there is no project ${project}`, {
    detail: `${file}.`,
    hint: 'Leave out --project, or list projects in regress.yaml: projects: [{ folder: services/shop }]',
  });
}

function unknownProject(project: string, projects: readonly Project[]): RegressError {
  return new RegressError('usage', `there is no project ${project}`, {
    detail: `regress.yaml has the projects ${projects.map(({ name }) => name).join(', ')}.`,
  });
}
