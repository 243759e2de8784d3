import { type ExecaError, execa, type Result } from 'execa';
import { clientEnvironment } from '../postgres/index.ts';

/** What became of a command; undefined where it did not end by itself. */
export interface CommandOutcome {
  readonly status: number | undefined;
  /** A sentence. */
  readonly detail: string;
}

/**
 * Runs a command with PG* and DATABASE_URL of a database: a single word or line in the shell, several words as they are.
 * What it prints goes to stderr. Where this process ends, the command and what it started end too.
 */
export async function runCommand(url: string, command: readonly string[], folder: string): Promise<CommandOutcome> {
  const [program = '', ...args] = command;
  // A group of its own: a shell that is ended does not end what it started.
  const running = execa(program, args, {
    shell: command.length === 1,
    cwd: folder,
    env: clientEnvironment(url),
    detached: true,
    stdin: 'ignore',
    stdout: process.stderr,
    stderr: process.stderr,
    reject: false,
  });
  const endGroup = () => void (running.pid && process.kill(-running.pid, 'SIGTERM'));
  process.once('exit', endGroup);
  const result: Result | ExecaError = await running;
  process.off('exit', endGroup);
  const { exitCode } = result;
  const detail = exitCode === undefined ? `${result.shortMessage ?? ''}.` : `It ended with status ${exitCode}.`;
  return { status: result.failed ? exitCode : 0, detail };
}
