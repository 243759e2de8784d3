import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/index.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { type Everything, hasExtension, makeEverything, planDigests, writtenQueries } from './everything.ts';
import { generatedQueries } from './generated-queries.ts';
import { explainAll, withSession } from './lab.ts';
import { verifyLab } from './verify-lab.ts';

/** Locales of each major's databases, as CREATE DATABASE writes them; '' is C, the servers' own. */
const LOCALES: Readonly<Record<number, readonly { readonly name: string; readonly locale: string }[]>> = {
  15: [
    { name: 'en_US.UTF-8', locale: "LC_COLLATE 'en_US.UTF-8' LC_CTYPE 'en_US.UTF-8'" },
    { name: 'ICU', locale: "LOCALE_PROVIDER icu ICU_LOCALE 'de' LC_COLLATE 'C' LC_CTYPE 'C'" },
  ],
  18: [
    { name: 'C', locale: '' },
    { name: 'ICU', locale: "LOCALE_PROVIDER icu ICU_LOCALE 'de' LC_COLLATE 'C' LC_CTYPE 'C'" },
  ],
};

const majors = (await testMajors()).filter((major) => LOCALES[major] !== undefined);
const { LOCPATH } = process.env;
const locales = await mkdtemp(join(tmpdir(), 'regress-locales-'));

// The account of servers has to read it.
await chmod(locales, 0o755);
// Servers take their locales from this folder, so that en_US.UTF-8 is there whatever the machine has.
const made = await execa('localedef', ['-i', 'en_US', '-f', 'UTF-8', join(locales, 'en_US.utf8')], { reject: false });
const hasLocale = made.exitCode === 0;
if (hasLocale) process.env.LOCPATH = locales;
else console.warn(`SKIPPED: a lab in en_US.UTF-8: ${made.shortMessage}`);

afterAll(async () => {
  if (LOCPATH === undefined) delete process.env.LOCPATH;
  else process.env.LOCPATH = LOCPATH;
  await rm(locales, { recursive: true });
});

const labs = majors.flatMap((major) =>
  (LOCALES[major] ?? []).map(({ name, locale }, number) => ({ major, name, locale, huge: number === 0 })),
);

describe.runIf(labs.length > 0).each(labs)(
  'everything a schema can hold, on PostgreSQL $major in $name',
  ({ major, name, locale, huge }) => {
    let server: TestServer;
    let lab: Everything;
    let postgis: boolean;

    beforeAll(async () => {
      server = (await testServer(major)) as TestServer;
      postgis = await hasExtension(server, 'postgis');
      if (major === 15 && !postgis) console.warn('SKIPPED: PostGIS (postgresql-15-postgis-3 is not installed)');
      const inLocale = name === 'en_US.UTF-8' && !hasLocale ? '' : locale;
      lab = await makeEverything(server, { locale: inLocale, postgis, huge });
    });

    it('is restored whole', () => {
      expect(lab.restored).toMatchObject({ missing: [], unknown: [], refused: [], skippedSettings: [] });
    });

    it('plans every query byte for byte as production does', async () => {
      const queries = await withSession(server, lab.production, async (session) => [
        ...(await writtenQueries(postgis)),
        ...(await generatedQueries(session)),
      ]);
      /** What EXPLAIN says of JIT is about rows that are stored, not about the plan. */
      const withoutJit = <T>(database: string, work: (session: Connection) => Promise<T>) =>
        withSession(server, database, async (session) => {
          await session.run('SET jit = off');
          return work(session);
        });
      const digests = (database: string) => withoutJit(database, (session) => planDigests(session, queries));
      const [production, copy] = [await digests(lab.production), await digests(lab.copy)];
      const different = queries.filter((_, number) => production[number] !== copy[number]);
      const planned = production.filter((digest) => !digest.startsWith('error')).length;
      console.log(
        `${name} on PostgreSQL ${major}: ${planned - different.length} of ${planned} plans identical` +
          ` (${queries.length - planned} that production refuses)`,
      );
      const shown = different.slice(0, 20);
      const plans = (database: string) => withoutJit(database, (session) => explainAll(session, shown));
      expect(await plans(lab.copy)).toEqual(await plans(lab.production));
      expect(different).toEqual([]);
      expect(planned).toBeGreaterThan(5000);
    });

    it('is verified by the command line, which names a setting that is changed on the source', async () => {
      const queries = await writtenQueries(postgis);
      const { before, after } = await verifyLab(server, lab, queries);
      expect(before.stdout, before.stderr).toContain(`${queries.length} of ${queries.length} identical`);
      expect(before.status).toBe(0);
      expect(after.stdout).toMatch(/setting seq_page_cost is 2\.5 on the source and 1 on the target/);
      expect(after.status).toBe(1);
    });
  },
);
