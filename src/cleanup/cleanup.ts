type Cleanup = () => Promise<void>;

const pending = new Set<Cleanup>();

/**
 * Registers what must be undone however the process ends, but for SIGKILL. The result undoes it early, once; calling it
 * again does nothing.
 */
export function onExit(cleanup: Cleanup): Cleanup {
  pending.add(cleanup);
  return async () => {
    if (pending.delete(cleanup)) await cleanup();
  };
}

/** Undoes everything still registered, the latest first; a failure does not keep the others from running. */
export async function runCleanups(): Promise<void> {
  for (const cleanup of [...pending].reverse()) {
    pending.delete(cleanup);
    await cleanup().catch((error: unknown) => process.stderr.write(`regress: warning: ${(error as Error).message}\n`));
  }
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
