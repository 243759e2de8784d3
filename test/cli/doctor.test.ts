import { cp, rm } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/model/snapshot.ts';
import { manifestDigest } from '../../src/snapshot/canonical.ts';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { forbiddenStatements, tracedStatements } from '../support/trace.ts';
import { usualServer } from '../support/usual-server.ts';
import { makeShopWithSnapshot } from './shop.ts';

const GIN = 'CREATE TABLE papers (words text[]); CREATE INDEX papers_words ON papers USING gin (words);';

for (const major of await testMajors()) {
  describe(`regress doctor on PostgreSQL ${major}`, () => {
    let server: TestServer;
    let project: Project;
    let production: string;

    beforeAll(async () => {
      server = (await testServer(major)) as TestServer;
      ({ project, production } = await makeShopWithSnapshot(server));
      await server.psql(
        production,
        `CREATE ROLE doctor_reader LOGIN IN ROLE pg_read_all_data; CREATE ROLE doctor_bare LOGIN;
         GRANT SELECT (id) ON customers TO doctor_bare;
         CREATE TABLE unseen (id int); INSERT INTO unseen VALUES (1);`,
      );
    });

    const source = (role: string) => server.url(production).replace('://postgres@', `://${role}@`);
    const doctor = async (...args: string[]) => {
      const { status, stdout, stderr } = await project.regress(['doctor', '--json', ...args]);
      const report = JSON.parse(stdout || `{"diagnoses":[{"message":${JSON.stringify(stderr)}}]}`);
      const of = (subject: string, level: string): string[] =>
        report.diagnoses
          .filter((each: { subject: string; level: string }) => each.subject === subject && each.level === level)
          .map(({ message, detail = '', hint = '' }: { message: string; detail?: string; hint?: string }) =>
            [message, detail, hint].join('\n'),
          );
      return { status, of };
    };

    /** The text without what differs between machines and majors. */
    const text = async (...args: string[]) => {
      const { stdout, status } = await project.regress(['doctor', ...args]);
      const known = stdout
        .replaceAll(/host=[^&\s]+&port=\d+/g, 'host=…')
        .replaceAll(/PostgreSQL \d+[^:,\n]*?(?=[:,\n]| starts)/g, 'PostgreSQL NN')
        .replaceAll(/captured [\d: -]+UTC/g, 'captured …')
        .replaceAll(/(digest[^.]* with )\w{12}|(with )\w{12}(?=[,.])/g, '$1$2…')
        .replaceAll(/test_\w{12}/g, 'DB')
        .replaceAll(/machine: \S+\.so/g, 'machine: ….so')
        .replaceAll(server.installation.pgConfig, 'PG_CONFIG');
      return `${known}\nexit ${status}`;
    };

    it('finds nothing wrong where nothing is', async () => {
      expect(await text('--source', source('postgres'))).toMatchInlineSnapshot(`
        "configuration
          ok    regress.yaml
          ok    3 queries in 1 suite

        source
          ok    connected to postgresql://postgres@/DB?host=… as "postgres": PostgreSQL NN, a primary
          ok    a superuser reads statistics of 5 of 5 columns (100 %), complete for 2 of 2 tables, and the ends of all indexes
          ok    cannot read metapages of indexes, and there is no GIN index: heights of B-trees are derived from costs and revmaps of BRIN indexes from sizes, which is exact except in rare cases
          ok    has the standard planner
          note  1 table never analyzed: public.unseen
                Production plans them without statistics, and so does the target.
                hint: ANALYZE public.unseen

        snapshot
          ok    snapshots/production: 2 relations of PostgreSQL NN, captured …

        target
          ok    no target is configured: a throwaway server of PostgreSQL NN starts, and the extension is built for it (PG_CONFIG)
          ok    every condition of identical plans that can be checked here is met
          ok    regress_planner can give this server's planner production's range ends

        everything that could be checked works, and nothing keeps plans from being exact
        exit 0"
      `);
    });

    it('prints the SQL a reader without metapages needs, and 1', async () => {
      await server.psql(production, GIN);
      const { status, of } = await doctor('--source', source('doctor_reader'));
      const warnings = of('source', 'warn').join('\n');
      expect(of('source', 'ok').join()).toContain('a member of pg_read_all_data reads statistics of 5 of 5 columns');
      expect(warnings).toContain('cannot read the metapages of 1 GIN index: public.papers_words');
      expect(warnings).toContain('GRANT pg_read_all_settings TO "doctor_reader"');
      expect(status).toBe(1);
      const helpers = /CREATE SCHEMA IF NOT EXISTS regress;\n(?:[A-Z].*;\n)*[A-Z].*;/.exec(warnings)?.[0] ?? '';
      await server.psql(production, `${helpers} GRANT pg_read_all_settings TO doctor_reader`);
      const mended = await doctor('--source', source('doctor_reader'));
      expect(mended.of('source', 'warn')).toEqual([]);
      expect(mended.status).toBe(0);
    });

    it('names what a role without rights does not see, the GRANT, and 2', async () => {
      const { status, of } = await doctor('--source', source('doctor_bare'));
      expect(of('source', 'fail').join('\n')).toMatchInlineSnapshot(`
        "a role without extra privileges sees statistics of 1 of 5 columns (20 %), complete for 0 of 2 tables, but a snapshot needs all
        Not readable: column statistics of pg_catalog.pg_statistic, extended statistics of pg_catalog.pg_statistic_ext_data, range ends of public.orders.
        Not visible at all: public.orders.
        GRANT pg_read_all_data TO "doctor_bare"; or, without privileges on any table, through functions of a superuser: npx regress-pg init --grants --role doctor_bare; or, on services without a superuser, through functions of the tables' owner: npx regress-pg init --grants --owner --role doctor_bare"
      `);
      expect(status).toBe(2);
    });

    it('sends the source nothing but SELECT and SET LOCAL, in one transaction', async () => {
      const statements = await tracedStatements(server, production, () => doctor('--source', source('doctor_bare')));
      expect(statements.length).toBeGreaterThan(5);
      expect(statements.filter((statement) => statement.startsWith('BEGIN'))).toHaveLength(1);
      expect(forbiddenStatements(statements, major)).toEqual([]);
    });

    it('names tables whose rows are hidden, and the libraries of a role', async () => {
      const other = await server.createDatabase();
      await server.psql(
        other,
        `CREATE TABLE guarded (id int PRIMARY KEY); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
         CREATE ROLE doctor_app; ALTER ROLE doctor_app IN DATABASE ${other} SET session_preload_libraries = 'pg_hint_plan'`,
      );
      await server.psql('postgres', 'CREATE ROLE doctor_rls LOGIN IN ROLE pg_read_all_data, pg_read_all_settings');
      const { of } = await doctor('--source', server.url(other).replace('://postgres@', '://doctor_rls@'));
      expect(of('source', 'warn')).toEqual([
        'has pg_hint_plan, which obeys hints in comments and in its table: plans that it affects can differ\n\n',
        'row-level security hides rows of public.guarded, so the range ends of their indexes cannot be read\n\nALTER ROLE "doctor_rls" BYPASSRLS',
      ]);
    });

    it('refuses the source as a target', async () => {
      const { status, of } = await doctor('--source', source('postgres'), '--target', server.url(production));
      expect(of('target', 'fail').join()).toContain('the target is the source of the snapshot');
      expect(status).toBe(2);
    });

    describe('with a target of one’s own', () => {
      let target: string;
      const own = (role = 'postgres') => server.url(target).replace('://postgres@', `://${role}@`);

      beforeAll(async () => {
        target = await server.createDatabase();
        await server.psql(target, await project.read('schema.sql'));
        // Without target.prepare this database itself is used.
        await project.write('plain.yaml', `target:\n  pgConfig: ${server.installation.pgConfig}\n`);
      });
      const plain = (...args: string[]) => text('--config', 'plain.yaml', '--target', own(), ...args);

      it('says what is there before and after a restore', async () => {
        expect(await plain()).toMatchInlineSnapshot(`
          "configuration
            ok    plain.yaml
            ok    3 queries in 1 suite

          source
            note  no source is configured, so it is not known what a snapshot can read from production
                  hint: npx regress-pg doctor --source postgresql://reader@replica/database

          snapshot
            ok    snapshots/production: 2 relations of PostgreSQL NN, captured …

          target
            ok    connected to postgresql://postgres@/DB?host=… as "postgres", a superuser: PostgreSQL NN
            ok    regress may write to it: it is not the source, and it contains no data
            ok    the extension regress_planner 0.1 was built on this machine: ….so
            note  no snapshot has been restored into it yet
                  hint: npx regress-pg restore
            ok    every condition of identical plans that can be checked here is met

          everything that could be checked works, and nothing keeps plans from being exact
          exit 0"
        `);
        const restored = await project.regress(['restore', '--config', 'plain.yaml', '--target', own()]);
        expect(restored.status, restored.stderr).toBe(0);
        expect(await plain()).toMatchInlineSnapshot(`
          "configuration
            ok    plain.yaml
            ok    3 queries in 1 suite

          source
            note  no source is configured, so it is not known what a snapshot can read from production
                  hint: npx regress-pg doctor --source postgresql://reader@replica/database

          snapshot
            ok    snapshots/production: 2 relations of PostgreSQL NN, captured …

          target
            ok    connected to postgresql://postgres@/DB?host=… as "postgres", a superuser: PostgreSQL NN
            ok    regress may write to it: it is not the source, and it contains no data
            ok    the extension regress_planner 0.1 was built on this machine: ….so
            ok    the snapshot has been restored into it, and sessions load the extension
            ok    every condition of identical plans that can be checked here is met
            ok    regress_planner can give this server's planner production's range ends

          everything that could be checked works, and nothing keeps plans from being exact
          exit 0"
        `);
        await server.psql(target, 'ANALYZE orders');
        expect(await plain()).toContain(
          'warn  restored statistics have been overwritten since: orders\n        hint: npx regress-pg restore',
        );
      });

      it('names the settings of the role that win, and how to reset them', async () => {
        const other = await server.createDatabase();
        await server.psql(
          'postgres',
          `CREATE ROLE doctor_own LOGIN SUPERUSER; ALTER ROLE doctor_own SET work_mem = '1MB';
           ALTER ROLE doctor_own SET session_preload_libraries = 'auto_explain'`,
        );
        const url = server.url(other).replace('://postgres@', '://doctor_own@');
        const { of, status } = await doctor('--config', 'plain.yaml', '--target', url);
        expect(of('target', 'warn').join()).toContain('ALTER ROLE "doctor_own" RESET work_mem');
        expect(of('target', 'fail').join()).toContain('ALTER ROLE "doctor_own" RESET session_preload_libraries');
        expect(status).toBe(2);
        const after = await doctor('--config', 'plain.yaml', '--target', own('doctor_own'));
        expect(after.of('target', 'fail').join()).toContain('the target does not load the library regress_planner');
      });

      it('says what a role that is no superuser lacks', async () => {
        await server.psql('postgres', 'CREATE ROLE doctor_lowly LOGIN');
        const other = await server.createDatabase();
        const url = server.url(other).replace('://postgres@', '://doctor_lowly@');
        const { of, status } = await doctor('--config', 'plain.yaml', '--target', url);
        expect(of('target', 'fail').join('\n')).toContain(
          major < 18
            ? 'role "doctor_lowly" is not a superuser of the target'
            : 'only a superuser can load a library that is built here',
        );
        expect(status).toBe(2);
      });

      it('finds data, without a snapshot too', async () => {
        const other = await server.createDatabase();
        await server.psql(other, 'CREATE TABLE filled AS SELECT generate_series(1, 2000)');
        const { of } = await doctor('--config', 'plain.yaml', '--snapshot', 'nowhere', '--target', server.url(other));
        expect(of('target', 'fail').join()).toContain('Table "public"."filled" has more than 1000 rows');
        expect(of('snapshot', 'fail').join()).toContain('there is no snapshot in');
      });

      it('warns of autovacuum', async () => {
        const { of, status } = await doctor(
          '--config',
          'plain.yaml',
          '--target',
          await usualServer(server.installation),
        );
        expect(of('target', 'warn')).toEqual([
          'autovacuum is on and may overwrite restored statistics\n\nALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();',
        ]);
        expect(status).toBe(1);
      });

      it('says where the extension cannot be built', async () => {
        const { of, status } = await doctor('--config', 'plain.yaml', '--target', own(), '--pg-config', '/nowhere');
        expect(of('target', 'fail').join()).toContain('could not run pg_config at /nowhere');
        expect(of('target', 'ok').join()).toContain('connected to');
        expect(status).toBe(2);
      });
    });

    it('says that a snapshot of another major rehearses', async () => {
      const manifest = JSON.parse(await project.read('snapshots/production/manifest.json')) as Manifest;
      const server_version_num = manifest.server.server_version_num === 160001 ? 150001 : 160001;
      const other = { ...manifest, server: { ...manifest.server, server_version_num } };
      await cp(project.path('snapshots/production'), project.path('snapshots/other'), { recursive: true });
      await project.write('snapshots/other/manifest.json', JSON.stringify({ ...other, digest: manifestDigest(other) }));
      const { of, status } = await doctor('--snapshot', 'snapshots/other');
      expect(of('target', 'warn').join()).toContain(`the snapshot is of PostgreSQL 16 and the target runs ${major}`);
      expect(status).toBe(1);
    });

    it('goes on where one end cannot be reached, and where files are broken', async () => {
      const { status, of } = await doctor('--source', 'postgresql://nobody@localhost:1/nothing');
      expect(of('source', 'fail').join()).toContain('could not connect to the source');
      expect(of('source', 'fail').join()).toContain('nothing is listening on this host and port');
      expect(of('target', 'ok').length).toBeGreaterThan(0);
      expect(status).toBe(2);
      await project.write('broken.yaml', 'suites: suites\nsnapshot: [1]\n');
      const broken = await doctor('--config', 'broken.yaml');
      expect(broken.of('configuration', 'fail').join()).toContain('broken.yaml:2:');
      expect(broken.of('target', 'ok').length).toBeGreaterThan(0);
      await project.write('lost.yaml', 'target: { prepare: [{ sql: lost.sql }] }\n');
      expect((await doctor('--config', 'lost.yaml')).of('configuration', 'fail').join()).toContain(
        'could not read lost.sql',
      );
      await project.write('suites/bad.yaml', 'queries: [{ name: a, sq: SELECT 1 }]\n');
      expect((await doctor()).of('configuration', 'fail').join()).toContain('unknown key "sq"');
      await rm(project.path('suites/bad.yaml'));
      const file = 'snapshots/production/relations/public/orders.json';
      const whole = await project.read(file);
      await project.write(file, whole.replace('20000', '20001'));
      expect((await doctor()).of('snapshot', 'fail').join()).toContain('was changed after it was taken');
      await project.write(file, whole);
    });
  });
}

describe.skipIf((await testMajors()).length === 0)('regress doctor in an empty folder', () => {
  it('says what is not configured, and goes on', async () => {
    const project = await emptyProject();
    const { status, stdout } = await project.regress(['doctor']);
    expect(stdout).toContain('note  there is no regress.yaml here or in a folder above');
    expect(stdout).toContain('note  no source is configured');
    expect(stdout).toContain('note  there is no snapshot in ');
    expect(stdout).toContain('ok    no target is configured: a throwaway server of PostgreSQL');
    expect(stdout).toContain('everything that could be checked works, and nothing keeps plans from being exact');
    expect(status).toBe(0);
  });
});
