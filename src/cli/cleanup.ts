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
