const MINUTE = 60_000;

/**
 * How long programs that regress starts may take, in milliseconds, so that nothing waits forever. Generous, for slow
 * disks.
 */
export const PROGRAM_LIMITS = {
  /** Programs that answer at once, such as pg_config. */
  short: MINUTE,
  git: 10 * MINUTE,
  initdb: 10 * MINUTE,
  /** Copying a server's template. */
  copy: 10 * MINUTE,
  /** Compiling the extension. */
  make: 15 * MINUTE,
  /** Short, because it locks every table of the source while it runs. */
  pg_dump: 2 * MINUTE,
} as const;

/** How long a throwaway server may take to stop. */
export const SERVER_STOP_MS = 15_000;
