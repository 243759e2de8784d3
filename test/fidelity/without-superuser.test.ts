import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegressError } from '../../src/model/errors.ts';
import { verifyPlanner } from '../../src/restore/index.ts';
import { testInstallations } from '../support/installations.ts';
import { type ServerWithExtension, startWithExtension } from '../support/relocated.ts';
import { asTestServer, type TestServer } from '../support/servers.ts';
import {
  emptyCopy,
  explainAll,
  type Lab,
  labQueries,
  makeLab,
  putInto,
  restoreInto,
  withSession,
  withSnapshot,
} from './lab.ts';

const installations = (await testInstallations()).filter(({ major }) => major >= 18);
const queries = await labQueries();

it.skipIf(installations.length > 0)('needs PostgreSQL 18 or later, which is not here', ({ skip }) => skip());

describe.runIf(installations.length > 0).each(installations)(
  'without a superuser on PostgreSQL $major',
  (installation) => {
    const { major } = installation;
    let installed: ServerWithExtension;
    let server: TestServer;
    let lab: Lab;

    beforeAll(async () => {
      installed = await startWithExtension(installation, 'without-superuser');
      server = asTestServer({ url: installed.url, stop: installed.remove }, installation);
      lab = await makeLab(server);
      for (const role of ['owner', 'maintainer']) {
        await server.psql('postgres', `CREATE ROLE ${role} LOGIN IN ROLE pg_read_all_data, pg_write_all_data`);
      }
    });
    afterAll(() => installed.remove());

    const plansOf = (database: string, role?: string) =>
      withSession(server, database, (session) => explainAll(session, queries), role);

    /** What the plans are without the statistics that are lost: extended ones before 19. */
    async function expectedPlans(): Promise<string[]> {
      if (major >= 19) return plansOf(lab.production);
      await server.psql(lab.copy, 'DELETE FROM pg_statistic_ext_data');
      return plansOf(lab.copy);
    }

    it.each(['owner', 'maintainer'])('the %s restores after what the hint says was done', async (role) => {
      const copy = await emptyCopy(server, lab.production, role === 'owner' ? role : 'postgres');
      const restore = () => restoreInto(server, lab.production, copy, role);
      const refusal = await restore().catch((error: RegressError) => error);
      expect(refusal).toMatchObject({
        code: 'privilege',
        message: `role ${role} is not a superuser, and the target is not prepared for it`,
      });
      const sql = (refusal as RegressError).hint?.replace(/^As a superuser[^:]*:/, '') ?? '';
      await server.psql(copy, sql);

      // Functions take a value by the column's type, and production has some from before the constraint.
      const { refused } = await restore();
      expect(refused).toContainEqual({
        object: 'public.member.rating',
        what: 'part of the statistics',
        message: expect.stringContaining('violates check constraint "at_most_five"'),
      });
      await server.psql(copy, 'ALTER DOMAIN rating DROP CONSTRAINT at_most_five');
      const restored = await restore();
      expect(restored).toMatchObject({ missing: [], unknown: [], skippedSettings: [] });
      expect(new Set(restored.refused.map(({ what }) => what))).toEqual(
        new Set(major >= 19 ? [] : ['extended statistics']),
      );

      await withSession(server, copy, verifyPlanner, role);
      const plans = await plansOf(copy, role);
      const production = await plansOf(lab.production);
      const identical = plans.filter((plan, at) => plan === production[at]).length;
      console.log(`PostgreSQL ${major}, ${role}: ${identical} of ${plans.length} plans identical`);
      expect(plans).toEqual(await expectedPlans());
    });

    it('restores the system catalogs of the database, and no statistics of those that all databases share', async () => {
      const copy = await emptyCopy(server, lab.production, 'owner');
      const restored = await withSnapshot(
        server,
        lab.production,
        (snapshot) => putInto(server, snapshot, copy, 'owner'),
        'postgres',
        { systemCatalogs: true },
      );
      expect(restored.catalogs).toMatchObject({ skipped: null });
      expect(restored.refused).toContainEqual({
        object: 'shared system catalogs',
        what: 'statistics',
        message: 'only a superuser can restore statistics of catalogs that all databases share',
      });
      const onCatalogs = [
        'SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = $$r$$ AND a.attnum > 0',
        'SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $$public$$',
        'SELECT indexrelid FROM pg_index WHERE indisunique AND NOT indisprimary',
        'SELECT typname FROM pg_type WHERE typname > $$z$$',
      ];
      const plans = (database: string, role?: string) =>
        withSession(server, database, (session) => explainAll(session, onCatalogs), role);
      expect(await plans(copy, 'owner')).toEqual(await plans(lab.production));
    });

    it('leaves nothing of the first snapshot when a second one is restored', async () => {
      const copy = await emptyCopy(server, lab.production, 'owner');
      await restoreInto(server, lab.production, copy, 'owner');
      const bare = await server.createDatabase();
      await server.psql(bare, 'CREATE TABLE other (a int)');
      const state = `SELECT count(*) FROM pg_statistic WHERE starelid >= 16384; SELECT count(*) FROM pg_statistic_ext_data;
      SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'm', 'i') AND oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace
        AND relnamespace <> 'regress_planner'::regnamespace AND (relpages > 0 OR reltuples > 0);
      SELECT count(*) FROM pg_index WHERE indrelid = 'regress_planner.gin_shadow'::regclass`;
      expect(await server.psql(copy, state)).not.toBe('0\n0\n0\n0');
      await restoreInto(server, bare, copy, 'owner');
      expect(await server.psql(copy, state)).toBe('0\n0\n0\n0');
    });
  },
);
