type Cleanup = () => Promise<void>;

const pending = new Set<Cleanup>();

/** Those that are at work, whoever began them: a process that ends waits for them too. */
const working = new Set<Promise<void>>();

function begin(cleanup: Cleanup): Promise<void> {
  const work = cleanup();
  working.add(work);
  const over = () => void working.delete(work);
  work.then(over, over);
  return work;
}

/**
 * Registers what must be undone however the process ends, but for SIGKILL. The result undoes it early, once; calling it
 * again does nothing.
 */
export function onExit(cleanup: Cleanup): Cleanup {
  pending.add(cleanup);
  return async () => {
    if (pending.delete(cleanup)) await begin(cleanup);
  };
}

/** A server that does not answer must not keep a process that is to end; what is left the next run removes. */
const LONGEST_MS = 20_000;

/**
 * Undoes everything still registered, the latest first, and what is registered meanwhile; a failure does not keep the
 * others from running, nor does one that takes too long.
 */
export async function runCleanups(): Promise<void> {
  for (let next = latest(); next !== undefined; next = latest()) {
    pending.delete(next);
    await inTime(begin(next)).catch((error: unknown) =>
      // One line only: a CI runner obeys commands that begin a line.
      process.stderr.write(`regress: warning: ${(error as Error).message.replace(/\s*[\r\n]+\s*/g, ' ')}\n`),
    );
    // The work that a signal interrupted cleans up by itself; its errors are its own to tell.
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
  const over = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`cleaning up took longer than ${LONGEST_MS / 1000} s and was given up`));
    timer = setTimeout(late, LONGEST_MS);
  });
  await Promise.race([work, over]).finally(() => clearTimeout(timer));
}

/** Closes however the work ends. Where the work fails, its error is the one to tell, not what closing makes of it. */
export async function closing<T>(close: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const result = await work().catch(async (error: unknown) => {
    await close().catch(() => undefined);
    throw error;
  });
  await close();
  return result;
}
