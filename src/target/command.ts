import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { onExit } from '../cleanup/index.ts';
import { clientEnvironment } from '../postgres/index.ts';

/** The result of a command. */
export interface CommandOutcome {
  /** The exit status; undefined if the command could not be run or was stopped. */
  readonly status: number | undefined;
  /** A sentence. */
  readonly detail: string;
  /** True if it was stopped because it took too long. */
  readonly isOverdue: boolean;
}

/** How to run a command. */
export interface CommandOptions {
  /** The folder it runs in. */
  readonly folder: string;
  /** Variables of this process that it does not get. */
  readonly withheld?: readonly string[];
  /** Seconds after which it is stopped; no limit if absent. */
  readonly timeout?: number;
}

/** An environment variable that marks a command and everything it starts. */
const MARK = 'REGRESS_COMMAND';

/**
 * Runs a command, then ends what it leaves behind: when the command is done, and when its standard input closes. That
 * is a pipe only regress holds, so it closes however regress ends (SIGKILL too). Where there is a /proc, the mark finds
 * processes in any session; elsewhere regress ends the process group.
 */
const SUPERVISOR = `
mark=$1
shift
exec 3<&0 </dev/null
marked() {
  for file in $(grep -ls "${MARK}=$mark" /proc/[0-9]*/environ 2>/dev/null); do
    process=\${file#/proc/}
    echo "\${process%/environ}"
  done
}
sweep() {
  left=$(marked)
  [ -n "$left" ] || return
  kill -TERM $left 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    left=$(marked)
    [ -n "$left" ] || return
    sleep 0.1
  done
  kill -KILL $left 2>/dev/null
}
trap : HUP INT TERM
(while read -r _ <&3; do :; done; sweep) >/dev/null 2>&1 &
watcher=$!
${MARK}=$mark "$@" 3<&-
status=$?
kill -KILL "$watcher" 2>/dev/null
sweep 2>/dev/null
exit "$status"
`;

/**
 * Runs a command with PG* and DATABASE_URL of a database. One word is a shell command line; several words run without a
 * shell. Output goes to stderr. When the command or this process ends, so does what it started in the background.
 */
export async function runCommand(
  url: string,
  command: readonly string[],
  { folder, withheld = [], timeout }: CommandOptions,
): Promise<CommandOutcome> {
  const words = command.length === 1 ? ['/bin/sh', '-c', ...command] : command;
  const mark = randomBytes(12).toString('hex');
  const running = execa('/bin/sh', ['-c', SUPERVISOR, 'regress-command', mark, ...words], {
    cwd: folder,
    env: { ...Object.fromEntries(withheld.map((name) => [name, undefined])), ...clientEnvironment(url) },
    // In its own process group, so that Ctrl-C reaches only regress.
    detached: true,
    cleanup: false,
    stdin: 'pipe',
    stdout: process.stderr,
    stderr: process.stderr,
    reject: false,
  });
  running.stdin.on('error', () => undefined);
  let overdue = false;
  const timer = setTimeout(() => {
    overdue = true;
    running.stdin.end();
  }, timerMs(timeout));
  if (timeout === undefined) clearTimeout(timer);
  const end = onExit(async () => {
    running.stdin.end();
    await running;
  });
  const result = await running;
  clearTimeout(timer);
  await end();
  endGroup(running.pid);
  if (overdue) return { status: undefined, detail: `It was stopped after ${timeout} s.`, isOverdue: true };
  const { exitCode } = result;
  const detail = exitCode === undefined ? `${result.shortMessage ?? ''}.` : `It ended with status ${exitCode}.`;
  return { status: result.failed ? exitCode : 0, detail, isOverdue: false };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function timerMs(seconds = 0): number {
  return Math.min(seconds * 1000, LONGEST_TIMER_MS);
}

/** Ends the rest of the process group, for systems without /proc. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty, as expected.
  }
}
