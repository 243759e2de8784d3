type Cleanup = () => Promise<void>;

const pending = new Set<Cleanup>();

/** Cleanups that are running, whoever started them. An ending process waits for these too. */
const working = new Set<Promise<void>>();

function begin(cleanup: Cleanup): Promise<void> {
  const work = cleanup();
  working.add(work);
  const forget = () => void working.delete(work);
  work.then(forget, forget);
  return work;
}

/**
 * Registers a cleanup that runs however the process ends, except by SIGKILL. Returns a function that runs the cleanup
 * early; calling it again does nothing.
 */
export function onExit(cleanup: Cleanup): Cleanup {
  pending.add(cleanup);
  return async () => {
    if (pending.delete(cleanup)) await begin(cleanup);
  };
}

/** A server that does not answer must not keep the process alive. The next run removes what is left behind. */
const LONGEST_MS = 20_000;

/**
 * Runs all registered cleanups, the latest first, including those registered meanwhile. A cleanup that fails or takes too
 * long prints a warning, and the next one runs.
 */
export async function runCleanups(): Promise<void> {
  for (let next = latest(); next !== undefined; next = latest()) {
    pending.delete(next);
    await inTime(begin(next)).catch((error: unknown) =>
      // One line only: a CI runner executes commands at the start of a line.
      process.stderr.write(`regress: warning: ${(error as Error).message.replace(/\s*[\r\n]+\s*/g, ' ')}\n`),
    );
    // Work that a signal interrupted cleans up by itself and reports its own errors.
    if (pending.size === 0) await othersAtWork();
  }
  await othersAtWork();
}

async function othersAtWork(): Promise<void> {
  const all = Promise.allSettled([...working]).then(() => undefined);
  await inTime(all).catch(() => undefined);
}

function latest(): Cleanup | undefined {
  return [...pending].at(-1);
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`cleanup took longer than ${LONGEST_MS / 1000} s and was abandoned`));
    timer = setTimeout(late, LONGEST_MS);
  });
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

/** Does the work, then closes, also after an error. If the work fails, throws its error even if closing fails too. */
export async function closing<T>(close: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const result = await work().catch(async (error: unknown) => {
    await close().catch(() => undefined);
    throw error;
  });
  await close();
  return result;
}
