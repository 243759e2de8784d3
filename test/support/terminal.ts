import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { vi } from 'vitest';
import { commandLine, type Project } from './project.ts';

/** A question, and the keys typed once it is on the terminal. */
export type Answer = readonly [question: string, ...keys: string[]];

export const NO_TERMINAL = "SKIPPED: this machine has no pseudo-terminals, or no util-linux's script";

/** Whether commands can be run on a terminal here. */
export async function hasTerminals(): Promise<boolean> {
  return !(await execa('script', ['-qec', 'true', '/dev/null'], { reject: false, stdin: 'ignore' })).failed;
}

/** Runs the built command line on a pseudo-terminal, and answers what it asks; each question is looked for behind the last. */
export async function regressInTerminal(
  project: Project,
  args: string,
  answers: readonly Answer[],
  env: Readonly<Record<string, string>>,
) {
  const command = `stty cols 120 rows 40; node ${commandLine()} ${args}`;
  const started = execa('script', ['-qec', command, '/dev/null'], {
    cwd: project.folder,
    env: { ...env, TERM: 'xterm' },
    reject: false,
    stdin: 'pipe',
    timeout: 240_000,
  });
  let seen = '';
  started.stdout.on('data', (data: Buffer) => {
    seen += data.toString();
  });
  let from = 0;
  for (const [question, ...keys] of answers) {
    await vi.waitUntil(() => seen.includes(question, from), { timeout: 120_000 });
    from = seen.indexOf(question, from) + question.length;
    for (const key of keys) {
      await sleep(200);
      started.stdin.write(key);
    }
  }
  return started;
}
