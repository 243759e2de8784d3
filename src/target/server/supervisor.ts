import { execa } from 'execa';
import { type Account, asServer } from './account.ts';

/** Stands in the supervisor's command line, by which it is found again. */
export const SUPERVISOR_NAME = 'regress-supervisor';

/**
 * Runs the server and outlives whoever started it. Its standard input is a pipe that only regress holds: when it
 * closes, for whatever reason (SIGKILL too), the server is ended and both folders are removed. When the server ends by
 * itself the folders go as well. The last lines of the log are its only output. SIGQUIT is sent until it is heard: a shell
 * starts a command in the background with it ignored, and a server that is just starting still ignores it.
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

/** A server that ends when told to, or when this process does. */
export interface Supervised {
  /** The last lines of the log once the server and its folders are gone, null until then. */
  ended(): string | null;
  /** Ends the server at once and waits until its folders are removed. */
  end(): Promise<void>;
}

/** Starts `command` under a supervisor in a process group of its own, so that Ctrl-C reaches regress alone. */
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

/** What keeps the event loop alive: processes and pipes have both, though the types of streams do not say so. */
interface Handle {
  ref(): void;
  unref(): void;
}
