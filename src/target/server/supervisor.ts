import { execa } from 'execa';
import { type Account, asServer } from './account.ts';

/** Appears in the supervisor's command line, to find it again. */
export const SUPERVISOR_NAME = 'regress-supervisor';

/**
 * Runs the server and outlives the process that started it. Its standard input is a pipe that only regress holds. When
 * it closes, however regress ends (SIGKILL too), the supervisor ends the server and removes both folders. It also
 * removes them if the server ends by itself. Its only output is the last lines of the log. It repeats SIGQUIT until the
 * server reacts: a shell starts background commands with SIGQUIT ignored, and a server that is just starting still
 * ignores it.
 */
const SUPERVISOR = `
run=$1 sockets=$2
shift 2
umask 077
exec 3<&0 </dev/null
mkdir "$sockets" || exit 1
"$@" >"$run/server.log" 2>&1 3<&- &
server=$!
trap 'kill -QUIT "$server"' HUP INT TERM
(while read -r _ <&3; do :; done; while kill -QUIT "$server"; do sleep 0.1; done) >/dev/null 2>&1 &
watcher=$!
while kill -0 "$server" 2>/dev/null; do wait "$server"; done
kill "$watcher" 2>/dev/null
tail -n 20 "$run/server.log"
rm -rf "$run" "$sockets"
`;

/** A server that ends when told to, or when this process ends. */
export interface Supervised {
  /** The last lines of the log once the server and its folders are gone; null until then. */
  ended(): string | null;
  /** Ends the server at once and waits until its folders are removed. */
  end(): Promise<void>;
}

/** Starts `command` under a supervisor, in its own process group, so that Ctrl-C reaches only regress. */
export function supervise(
  command: readonly string[],
  folder: { readonly path: string; readonly sockets: string },
  account: Account | null,
): Supervised {
  const supervisor = execa('sh', ['-c', SUPERVISOR, SUPERVISOR_NAME, folder.path, folder.sockets, ...command], {
    ...asServer(account),
    stdio: ['pipe', 'pipe', 'pipe'],
    all: true,
    detached: true,
    cleanup: false,
    reject: false,
  });
  const handles = [supervisor, supervisor.stdin, supervisor.stdout, supervisor.stderr] as readonly Handle[];
  // A server that nobody stops must not keep regress alive.
  for (const handle of handles) handle.unref();
  let output: string | null = null;
  const exit = supervisor.then((result) => {
    output = result.all || (result.shortMessage ?? '');
  });
  return {
    ended: () => output,
    end: async () => {
      for (const handle of handles) handle.ref();
      supervisor.stdin.end();
      await exit;
    },
  };
}

/**
 * Something that keeps the event loop alive. Processes and pipes have both methods, although the types of streams lack
 * them.
 */
interface Handle {
  ref(): void;
  unref(): void;
}
