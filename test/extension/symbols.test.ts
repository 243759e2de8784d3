import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { npmInstallation, SOURCE_ONLY_MAJORS } from '../support/npm-server.ts';
import { testServer } from '../support/servers.ts';

/** Names without their versions, such as `palloc` for `palloc@Base`. */
async function symbols(file: string, which: '--defined-only' | '--undefined-only'): Promise<string[]> {
  const { stdout } = await execa('nm', ['-D', '--format=posix', which, file]);
  return stdout.split('\n').map((line) => line.split(/[ @]/)[0] as string);
}

/** The C library's and the compiler's, which come from elsewhere than the server. */
async function symbolsOfLibraries(server: string): Promise<Set<string>> {
  return new Set(await symbols(server, '--undefined-only'));
}

/** 14 is read as 15, but for what compat.h says, and 16 as either 15 or 17. */
const NEIGHBOURS: Readonly<Record<number, readonly number[]>> = { 14: [15], 16: [15, 17] };

/** What compat.h takes in place of a symbol that a major does not have. */
const IN_PLACE_OF: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  14: { MarkGUCPrefixReserved: 'EmitWarningsOnPlaceholders' },
};

for (const major of SOURCE_ONLY_MAJORS) {
  const installation = await npmInstallation(major).catch((error: Error) => {
    console.warn(`SKIPPED: symbols of PostgreSQL ${major}: ${error.message}`);
    return null;
  });
  const neighbours = await Promise.all((NEIGHBOURS[major] ?? []).map((one) => testServer(one)));
  const builtFor = neighbours.filter((server) => server !== null);

  // There are no headers of these majors to build with: that every symbol is there is what can be told.
  test.skipIf(installation === null || builtFor.length === 0)(
    `PostgreSQL ${major} exports what the library takes from its neighbours`,
    async () => {
      const postgres = join(installation?.bindir ?? '', 'postgres');
      const own = new Set(await symbols(postgres, '--defined-only'));
      const [first] = builtFor;
      const elsewhere = await symbolsOfLibraries(join(first?.installation.bindir ?? '', 'postgres'));
      for (const server of builtFor) {
        const taken = await symbols(await server.library(), '--undefined-only');
        const fromServer = taken.filter((name) => !elsewhere.has(name) && !/^(__|_ITM)/.test(name));
        expect(fromServer.length).toBeGreaterThan(50);
        const needed = fromServer.map((name) => IN_PLACE_OF[major]?.[name] ?? name);
        expect(needed.filter((name) => !own.has(name))).toEqual([]);
      }
    },
  );
}
