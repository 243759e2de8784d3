import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { execa } from 'execa';
import { parse } from 'yaml';

/** A step of a workflow or a composite action, as far as tests need it. */
export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly 'working-directory'?: string;
}

/** What expressions refer to: `inputs`, `github`, `matrix`, `runner`. */
export type Contexts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a step came to. */
export interface Ran {
  readonly name: string;
  /** Status of its script; null where it was skipped, or is the use of an action, whose inputs are `with`. */
  readonly status: number | null;
  readonly skipped: boolean;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly with: Readonly<Record<string, string>>;
}

/** The YAML of a file of this repository. */
export async function readYamlFile<T>(file: string): Promise<T> {
  return parse(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')) as T;
}

const EXPRESSION = /\$\{\{(.*?)\}\}/g;

/** A text with its expressions evaluated; what is not there is empty, as on GitHub. */
export function evaluated(text: string, contexts: Contexts): string {
  return text.replace(EXPRESSION, (_, expression: string) => String(resultOf(expression, contexts)));
}

/** Property paths are filled in as texts, and what remains is the same in JavaScript. */
function resultOf(expression: string, contexts: Contexts): unknown {
  const filled = expression.replace(/'[^']*'|\b(?:inputs|github|matrix|runner|steps)((?:\.[\w-]+)+)/g, (found) =>
    found.startsWith("'") ? found : JSON.stringify(lookUp(found.split('.'), contexts)),
  );
  return runInNewContext(filled, { always: () => true });
}

function lookUp(path: readonly string[], contexts: Contexts): string {
  let value: unknown = contexts;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return value === undefined || value === null ? '' : String(value);
}

interface RunOptions {
  readonly contexts: Contexts;
  readonly workspace: string;
  /** The environment of the runner. GITHUB_OUTPUT is a file of each step. */
  readonly env: Readonly<Record<string, string>>;
  /** A new file for a step's outputs. */
  readonly outputFile: () => Promise<string>;
}

/** Runs the scripts of steps as a runner would; stops after one that fails. Uses of actions are noted, not run. */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<Ran[]> {
  const ran: Ran[] = [];
  const outputs: Record<string, { readonly outputs: Readonly<Record<string, string>> }> = {};
  for (const step of steps) {
    const contexts = { ...options.contexts, steps: outputs };
    const one = await runStep(step, contexts, options);
    ran.push(one);
    if (step.id !== undefined) outputs[step.id] = { outputs: one.outputs };
    if (one.status !== null && one.status !== 0) break;
  }
  return ran;
}

async function runStep(step: Step, contexts: Contexts, options: RunOptions): Promise<Ran> {
  const name = step.name ?? step.uses ?? '';
  const none = { name, status: null, log: '', outputs: {}, with: {} };
  if (step.if !== undefined && !resultOf(step.if, contexts)) return { ...none, skipped: true };
  const inputs = Object.entries(step.with ?? {}).map(([key, value]) => [key, evaluated(String(value), contexts)]);
  if (step.run === undefined) return { ...none, skipped: false, with: Object.fromEntries(inputs) };
  const output = await options.outputFile();
  const env = Object.entries(step.env ?? {}).map(([key, value]) => [key, evaluated(value, contexts)]);
  const flags = step.shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
  const result = await execa('bash', [...flags, '-c', step.run], {
    cwd: new URL(`${evaluated(step['working-directory'] ?? '.', contexts)}/`, `file://${options.workspace}/`).pathname,
    env: { ...options.env, ...Object.fromEntries(env), GITHUB_OUTPUT: output },
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  const written = (await readFile(output, 'utf8')).split('\n').filter((line) => line !== '');
  const pairs = written.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return {
    name,
    status: result.exitCode ?? -1,
    skipped: false,
    log: result.all,
    outputs: Object.fromEntries(pairs),
    with: {},
  };
}

/** The uses of actions that another commit could take the place of: those by a tag or a branch. */
export function movable(steps: readonly Step[]): string[] {
  return steps.flatMap(({ uses }) => uses ?? []).filter((uses) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses));
}

/** All steps whose scripts hold an expression, which would let an input write a part of the script. */
export function injectable(steps: readonly Step[]): string[] {
  return steps.filter(({ run }) => run?.includes('${{')).map(({ name }) => name ?? '');
}
