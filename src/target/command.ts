import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { onExit } from '../cleanup/index.ts';
import { clientEnvironment } from '../postgres/index.ts';

/** What became of a command. */
export interface CommandOutcome {
  /** Undefined where it was not to be had. */
  readonly status: number | undefined;
  /** A sentence. */
  readonly detail: string;
  /** It was ended because its time was up. */
  readonly isOverdue: boolean;
}

/** How a command is run. */
export interface CommandOptions {
  /** Where it runs. */
  readonly folder: string;
  /** Variables of this process that it does not get. */
  readonly withheld?: readonly string[];
  /** Seconds after which it is ended; none where it may take as long as it likes. */
  readonly timeout?: number;
}

/** The mark of a command and of whatever it starts, in their environment. */
const MARK = 'REGRESS_COMMAND';

/**
 * Runs a command and ends what it leaves behind: once it is done, and when its standard input, a pipe that only regress
 * holds, is closed, for whatever reason (SIGKILL too). What it started is found by the mark, in whatever session it is,
 * where there is a /proc; elsewhere regress ends the group.
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
 * Runs a command with PG* and DATABASE_URL of a database: a single word or line in the shell, several words as they are.
 * What it prints goes to stderr. Where it ends, or this process does, what it started in the background ends too.
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
    // A group of its own, so that Ctrl-C reaches regress alone.
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
  if (overdue)
    return { status: undefined, detail: `It took longer than ${timeout} s, and was ended.`, isOverdue: true };
  const { exitCode } = result;
  const detail = exitCode === undefined ? `${result.shortMessage ?? ''}.` : `It ended with status ${exitCode}.`;
  return { status: result.failed ? exitCode : 0, detail, isOverdue: false };
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function timerMs(seconds = 0): number {
  return Math.min(seconds * 1000, LONGEST_TIMER_MS);
}

/** What is left of the group where there is no /proc to find it by. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is empty, as it should be.
  }
}
