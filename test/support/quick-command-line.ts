import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const BUILT = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Reads its parts from beside itself. */
const LEFT_ALONE = 'libpg-query';

/**
 * Writes the built command line into a folder as a few files, and returns the path of the first. What it does is the
 * same; but Node.js takes a third of the time to load these, and tests run it a thousand times.
 */
export async function writeQuickCommandLine(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const build = await rolldown({ input: BUILT, platform: 'node', plugins: [inPlace], logLevel: 'warn' });
  await build.write({ dir: folder, format: 'esm', entryFileNames: 'main.mjs', chunkFileNames: '[name]-[hash].mjs' });
  await build.close();
  return join(folder, 'main.mjs');
}

/** Modules find their files from where they were. */
const inPlace: Plugin = {
  name: 'in-place',
  async resolveId(name, importer) {
    if (name !== LEFT_ALONE) return null;
    const found = await this.resolve(name, importer, { skipSelf: true });
    return found && { id: pathToFileURL(found.id).href, external: 'absolute' };
  },
  transform: (code, id) =>
    code.includes('import.meta.url')
      ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
      : null,
};
