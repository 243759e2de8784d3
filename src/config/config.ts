import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RegressError } from '../model/errors.ts';
import type { SchemaMap } from '../model/schema-map.ts';
import type { Thresholds } from '../model/suite.ts';
import { readYaml, type YamlFile } from '../yaml/index.ts';
import { checkPlaces } from './paths-in-project.ts';
import { type ConfigFile, configSchema, type ProjectFile } from './schema.ts';

/**
 * One step that builds the schema: a SQL file, a shell command, or objects that production has and the branch lacks.
 * `timeout` is in seconds. `env` names variables that are passed to the command even though they lead to production.
 */
export type PrepareStep =
  | { readonly sql: string; readonly timeout: number }
  | { readonly run: string; readonly timeout: number; readonly env: readonly string[] }
  | { readonly production: readonly ('partitions' | 'indexes')[] };

/** The settings of a project; all paths are absolute. */
export interface Config {
  /** The configuration file, null when there is none. */
  readonly path: string | null;
  /** Name of the project; null if the file describes a single database. */
  readonly project: string | null;
  /** Folder of the regress.yaml that lists all projects; equal to `folder` if there is only one project. */
  readonly base: string;
  /** Folder that relative paths and commands start from. */
  readonly folder: string;
  readonly source: {
    readonly url: string | null;
    /** Names of the environment variables in the source URLs of all projects of the file. */
    readonly variables: readonly string[];
  };
  readonly target: {
    readonly url: string | null;
    /** Path of the pg_config that selects the PostgreSQL of the throwaway server. */
    readonly pgConfig: string | null;
    /** The role to plan as; null means the role of the session. */
    readonly role: string | null;
    readonly prepare: readonly PrepareStep[];
    /** Makes an error at the place of a step, counted from 0. */
    fail(step: number, message: string, hint: string): RegressError;
  };
  readonly snapshot: string;
  readonly suites: string;
  readonly map: {
    /** Maps a schema in CI to the production schema it is planned as. */
    readonly schemas: SchemaMap;
    /** Makes an error at the place of one of CI's schemas. */
    fail(schema: string, message: string, hint: string): RegressError;
  };
  readonly thresholds: Thresholds;
  /** Which regressions set exit status 1: any, or only those that the branch caused. */
  readonly failOn: 'any' | 'branch';
  readonly expect: {
    /** Expected rows of tables that production does not have yet, by name: `invoices` or `billing.invoices`. */
    readonly tables: ReadonlyMap<string, { readonly rows: number }>;
  };
}

export const FILE_NAME = 'regress.yaml';

const DEFAULT_THRESHOLDS: Thresholds = {
  cost: { warn: 1.1, fail: 1.5, ignoreBelow: 100 },
  rows: { warn: 10 },
  shape: 'warn',
  drift: 'warn',
};

/** The nearest regress.yaml, in a folder or above it; null if there is none. */
function findConfig(folder: string): string | null {
  const candidate = join(folder, FILE_NAME);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? null : findConfig(parent);
}

/** regress.yaml as parsed. */
export type ConfigYaml = YamlFile<ConfigFile>;

/** Absolute path of the named file, else of the nearest regress.yaml; null if there is none. */
export function configPath(file: string | undefined): string | null {
  return file === undefined ? findConfig(process.cwd()) : resolve(file);
}

/** Reads regress.yaml. Throws RegressError `config` with file, line, column and the line. */
export async function readConfig(path: string): Promise<ConfigYaml> {
  return readYaml(path, configSchema, 'config');
}

/** Where a configuration comes from. */
interface ConfigPlace {
  readonly path: string;
  readonly at?: readonly PropertyKey[];
  readonly name?: string | null;
  readonly base?: string;
}

/** The configuration of one database, read from the top of the file or, for a named project, from the path `at`. */
export function configOf(
  yaml: ConfigYaml,
  { path, at = [], name = null, base = dirname(path) }: ConfigPlace,
  file: ProjectFile,
  env: NodeJS.ProcessEnv,
): Config {
  const urls = { source: urlOf(yaml, at, 'source', file, env), target: urlOf(yaml, at, 'target', file, env) };
  checkThresholds(yaml, at, file);
  checkPlaces(file, dirname(path), (place, message, hint) => yaml.fail([...at, ...place], message, hint));
  const places: Places = {
    variables: sourceVariables(yaml.value),
    ofSchema: (schema, message, hint) => yaml.fail([...at, 'map', 'schemas', schema], message, hint),
    ofStep: (step, message, hint) => yaml.fail([...at, 'target', 'prepare', step], message, hint),
  };
  return fromFile({ path, project: name, base, folder: dirname(path) }, file, urls, places);
}

/** The configuration without a file. */
export function defaultConfig(): Config {
  return fromFile(
    { path: null, project: null, base: process.cwd(), folder: process.cwd() },
    {},
    { source: null, target: null },
    { variables: [], ofSchema: noPlace, ofStep: noPlace },
  );
}

/** Places in the file, for later errors, and the variables of its source URLs. */
interface Places {
  readonly variables: readonly string[];
  readonly ofSchema: Config['map']['fail'];
  readonly ofStep: Config['target']['fail'];
}

/** Without a file an error has no place. */
function noPlace(_: unknown, message: string, hint: string): RegressError {
  return new RegressError('config', message, { hint });
}

function sourceVariables(file: ConfigFile): string[] {
  const urls = [file, ...(file.projects ?? [])].map(({ source }) => source?.url ?? '');
  return urls.flatMap((url) => [...url.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name as string));
}

/** Default timeout of a step, in seconds. */
const STEP_TIMEOUT = 30 * 60;

function prepareSteps(folder: string, steps: NonNullable<ProjectFile['target']>['prepare'] = []): PrepareStep[] {
  return steps.map((step) => {
    if ('production' in step) return step;
    const { timeout = STEP_TIMEOUT } = step;
    return 'sql' in step
      ? { sql: resolve(folder, step.sql), timeout }
      : { run: step.run, timeout, env: step.env ?? [] };
  });
}

function fromFile(
  place: Pick<Config, 'path' | 'project' | 'base' | 'folder'>,
  file: ProjectFile,
  urls: { source: string | null; target: string | null },
  { variables, ofSchema, ofStep }: Places,
): Config {
  const { cost, rows, shape, drift } = file.thresholds ?? {};
  const { folder } = place;
  return {
    ...place,
    source: { url: urls.source, variables },
    target: {
      url: urls.target,
      pgConfig: file.target?.pgConfig ?? null,
      role: file.target?.role ?? null,
      prepare: prepareSteps(folder, file.target?.prepare),
      fail: ofStep,
    },
    snapshot: resolve(folder, file.snapshot ?? 'snapshots/production'),
    suites: resolve(folder, file.suites ?? 'suites'),
    map: { schemas: new Map(Object.entries(file.map?.schemas ?? {})), fail: ofSchema },
    thresholds: {
      cost: { ...DEFAULT_THRESHOLDS.cost, ...cost },
      rows: { ...DEFAULT_THRESHOLDS.rows, ...rows },
      shape: shape ?? DEFAULT_THRESHOLDS.shape,
      drift: drift ?? DEFAULT_THRESHOLDS.drift,
    },
    failOn: file.failOn ?? 'any',
    expect: { tables: new Map(Object.entries(file.expect?.tables ?? {})) },
  };
}

/** The URL with each `${env:NAME}` replaced; null if one of the variables is not set. */
function urlOf(
  yaml: ConfigYaml,
  at: readonly PropertyKey[],
  side: 'source' | 'target',
  file: ProjectFile,
  env: NodeJS.ProcessEnv,
): string | null {
  const url = file[side]?.url;
  if (url === undefined) return null;
  let complete = true;
  const filled = url.replace(/\$\{([^}]*)\}/g, (_, reference: string) => {
    const [, name] = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference) ?? [];
    if (name === undefined)
      throw yaml.fail([...at, side, 'url'], `a URL may contain \${env:NAME}, but not \${${reference}}`);
    const value = env[name];
    if (!value) complete = false;
    return value ?? '';
  });
  return complete ? filled : null;
}

function checkThresholds(yaml: ConfigYaml, at: readonly PropertyKey[], file: ProjectFile): void {
  const { warn = DEFAULT_THRESHOLDS.cost.warn, fail = DEFAULT_THRESHOLDS.cost.fail } = file.thresholds?.cost ?? {};
  if (warn > fail) {
    throw yaml.fail([...at, 'thresholds', 'cost'], `warn (${warn}) must not be greater than fail (${fail})`);
  }
}

/** Returns the source URL. Throws RegressError `usage` if there is none. */
export function requireSource(url: string | null, command: 'snapshot' | 'verify' | 'import'): string {
  if (url !== null) return url;
  throw new RegressError('usage', 'no source is given', {
    detail: 'The source is the production database, or a replica of it, from which regress reads statistics.',
    hint: `npx regress-pg ${command} --source postgresql://user@host/database, or set source.url in regress.yaml or REGRESS_SOURCE_URL`,
  });
}
