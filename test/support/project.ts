import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const REPOSITORY = new URL('../../', import.meta.url).pathname;

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | undefined;
}

/** A folder a user would have: regress.yaml, suites, a schema and a snapshot. */
export interface Project {
  readonly folder: string;
  path(file: string): string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Replaces a text that must be there. */
  edit(file: string, from: string, to: string): Promise<void>;
  /** Runs the built command line, outside CI unless the environment says otherwise. */
  regress(args: readonly string[], env?: Record<string, string>): Promise<Outcome>;
}

/** A copy of the worked example of this repository. */
export async function exampleProject(): Promise<Project> {
  const project = await emptyProject();
  for (const part of ['regress.yaml', 'suites', 'snapshots', 'docs/storefront']) {
    await cp(join(REPOSITORY, part), project.path(part), { recursive: true });
  }
  return project;
}

/** An empty folder. */
export async function emptyProject(): Promise<Project> {
  const folder = await mkdtemp(join(process.env.REGRESS_TEST_FOLDER ?? tmpdir(), 'project-'));
  const path = (file: string) => join(folder, file);
  const read = (file: string) => readFile(path(file), 'utf8');
  return {
    folder,
    path,
    read,
    write: (file, text) => writeFile(path(file), text),
    edit: async (file, from, to) => {
      const text = await read(file);
      if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
      await writeFile(
        path(file),
        text.replace(from, () => to),
      );
    },
    regress: (args, env = {}) => runRegress(args, { cwd: folder, env }),
  };
}

/** Runs the built command line. */
export async function runRegress(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Record<string, string> },
): Promise<Outcome> {
  const result = await execa('node', [commandLine(), ...args], {
    cwd: options.cwd,
    env: { CI: '', NO_COLOR: '1', REGRESS_TARGET_URL: '', REGRESS_SOURCE_URL: '', ...options.env },
    reject: false,
    stdin: 'ignore',
  });
  return { stdout: result.stdout, stderr: result.stderr, status: result.exitCode };
}

/** The built command line, in files that are quickly read; `npm test` builds it first. */
export function commandLine(): string {
  return process.env.REGRESS_TEST_COMMAND_LINE ?? shippedCommandLine();
}

/** The files that are published. */
export function shippedCommandLine(): string {
  return join(REPOSITORY, 'dist/main.js');
}
