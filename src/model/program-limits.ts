const MINUTE = 60_000;

/** How long programs that regress starts may take, in milliseconds, so that nothing waits for ever. Slow disks are slow. */
export const PROGRAM_LIMITS = {
  /** What answers at once, such as pg_config. */
  short: MINUTE,
  git: 10 * MINUTE,
  initdb: 10 * MINUTE,
  /** Copying a server's template. */
  copy: 10 * MINUTE,
  /** Compiling the extension. */
  make: 15 * MINUTE,
  /** It locks every table of the source as long as it runs. */
  pg_dump: 2 * MINUTE,
} as const;

/** A throwaway server's last moments. */
export const SERVER_STOP_MS = 15_000;
