import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of this test that a server's unprivileged user can enter too; removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join('/tmp', 'regress-test-'));
  await chmod(folder, 0o755);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
