import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** Less than a test may take, so that it says what it waited for. */
const PATIENCE_MS = 240_000;

/** Waits until something holds, however slow the machine is; throws where it never comes to that. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`);
    await sleep(POLL_MS);
  }
}
