import { Worker } from 'node:worker_threads';

/** Ends the process when one input takes longer than this: nothing else can end a loop of its only thread. */
const MAX_MS = 40_000;

/** Watches over the inputs of a process from a thread of its own. */
export interface Watchdog {
  /** The input that begins now; null: none. */
  watch(input: string | null): void;
  end(): Promise<unknown>;
}

/** `file` receives the input that does not end, as bytes, before the process is killed. */
export function watchdog(file: string, longest: number): Watchdog {
  const shared = new SharedArrayBuffer(8 + longest);
  const [state, bytes] = [new Int32Array(shared, 0, 2), Buffer.from(shared, 8)];
  const worker = new Worker(WATCHER, { eval: true, workerData: { shared, file, most: MAX_MS } });
  worker.unref();
  return {
    watch: (input) => {
      if (input !== null) state[1] = bytes.write(input, 'latin1');
      // Odd while an input runs.
      state[0] = (((state[0] ?? 0) | 1) + (input === null ? 1 : 2)) | 0;
    },
    end: () => worker.terminate(),
  };
}

const WATCHER = `
const { workerData: { shared, file, most } } = require('node:worker_threads');
const { writeFileSync, writeSync } = require('node:fs');
const [state, bytes] = [new Int32Array(shared, 0, 2), Buffer.from(shared, 8)];
let [last, since] = [0, Date.now()];
setInterval(() => {
  if (state[0] !== last) [last, since] = [state[0], Date.now()];
  if (last % 2 === 0 || Date.now() - since < most) return;
  writeFileSync(file, bytes.subarray(0, state[1]));
  writeSync(2, 'fuzz: an input does not end; it is in ' + file + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, 500);
`;
