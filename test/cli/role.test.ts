import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { forbiddenStatements, tracedStatements } from '../support/trace.ts';

/** A slow tablespace, policies, a leaky operator behind a barrier, and settings of the application's role. */
const SCHEMA = `
SET default_tablespace = slow;
CREATE TABLE documents (id int PRIMARY KEY, tenant int NOT NULL, title text, size int);
CREATE INDEX documents_tenant ON documents (tenant);
SET default_tablespace = '';
CREATE TABLE plain (id int PRIMARY KEY, size int);
ALTER TABLE documents OWNER TO role_owner;
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON documents FOR SELECT TO role_app USING (tenant = current_setting('app.tenant')::int);
CREATE VIEW large WITH (security_barrier) AS SELECT * FROM documents WHERE size > 900;
GRANT SELECT ON documents, large TO role_app;
GRANT SELECT (id) ON plain TO role_app;
`;
const FILL = `
INSERT INTO documents SELECT i, i % 50, 'title ' || i % 300, i % 1000 FROM generate_series(1, 30000) AS i;
INSERT INTO plain SELECT i, i % 7 FROM generate_series(1, 20000) AS i;
VACUUM ANALYZE;`;

const SUITE = `queries:
  - name: by-title
    sql: SELECT id FROM documents WHERE title LIKE 'title 1%' AND size < 10
    settings: { app.tenant: '7' }
  - name: large
    sql: SELECT count(*) FROM large WHERE title = 'title 17'
    settings: { app.tenant: '7' }
  - name: sorted
    sql: SELECT id FROM plain ORDER BY id DESC
  - name: hidden
    sql: SELECT id FROM plain WHERE id < 100
`;

const majors = (await testMajors()).filter((major) => major >= 15);

for (const major of majors) {
  describe(`plans of the application's role on PostgreSQL ${major}`, () => {
    let server: TestServer;
    let project: Project;
    let production: string;

    beforeAll(async () => {
      server = (await testServer(major)) as TestServer;
      production = await server.createDatabase();
      await server.psql(
        'postgres',
        `SET allow_in_place_tablespaces = on;
        CREATE TABLESPACE slow LOCATION '' WITH (random_page_cost = 11, seq_page_cost = 3)`.replace('; ', ';'),
      );
      await server.psql(
        production,
        `CREATE ROLE role_owner; CREATE ROLE role_app LOGIN; CREATE ROLE role_reader LOGIN IN ROLE pg_read_all_data, role_app;
        ALTER ROLE role_app SET work_mem = '1MB'; ALTER ROLE role_app IN DATABASE "${production}" SET enable_hashjoin = off;
        ALTER ROLE role_reader BYPASSRLS; GRANT pg_read_all_settings TO role_reader;`,
      );
      await server.psql(production, SCHEMA + FILL);
      project = await emptyProject();
      await mkdir(project.path('suites'));
      await project.write('schema.sql', SCHEMA);
      await project.write('suites/all.yaml', SUITE);
      await project.write(
        'regress.yaml',
        `target:\n  pgConfig: ${server.installation.pgConfig}\n  role: role_app\n  prepare:\n    - sql: schema.sql\n`,
      );
      const taken = await project.regress(['snapshot', '--plans', '--source', source('role_reader')]);
      if (taken.status !== 0) throw new Error(taken.stderr);
    });

    const source = (role: string) => server.url(production).replace('://postgres@', `://${role}@`);

    it('are identical, with its settings, its policies and the costs of tablespaces', async () => {
      let outcome = { stdout: '', stderr: '', status: 0 as number | undefined };
      const statements = await tracedStatements(server, production, async () => {
        outcome = await project.regress(['verify', '--source', source('role_reader')]);
      });
      expect(outcome.stdout, outcome.stderr).toContain('4 of 4 identical');
      expect(outcome.status).toBe(0);
      expect(forbiddenStatements(statements, major)).toEqual([]);
      expect((await project.regress(['check'])).stdout).toContain('4 of 4 as production planned');
    });

    it('differ from those of a superuser where a policy holds', async () => {
      await project.edit('regress.yaml', '  role: role_app\n', '');
      const { results } = JSON.parse((await project.regress(['check', '--reporter', 'json'])).stdout);
      await project.edit('regress.yaml', '  prepare:', '  role: role_app\n  prepare:');
      const different = results.filter(({ production: as }: { production: string }) => as !== 'identical');
      expect(different.map(({ query }: { query: string }) => query)).toEqual(['by-title']);
    });

    it('says so where the reader may not become the role', async () => {
      const { stderr, stdout } = await project.regress(['verify', '--source', server.url(production), 'sorted']);
      expect(stdout, stderr).toContain('1 of 1 identical');
      await server.psql(production, 'REVOKE role_app FROM role_reader');
      const refused = await project.regress(['verify', '--source', source('role_reader'), 'sorted']);
      await server.psql(production, 'GRANT role_app TO role_reader');
      expect(refused.stderr).toContain('production plans as "role_reader", which is not a member of "role_app"');
      expect(refused.stderr).toContain('HINT:  GRANT "role_app" TO "role_reader"');
    });

    it('needs the role on a target of one’s own', async () => {
      await project.edit('regress.yaml', 'role: role_app', 'role: role_missing');
      const target = server.url(await server.createDatabase());
      const { status, stderr } = await project.regress(['check', '--target', target]);
      await project.edit('regress.yaml', 'role: role_missing', 'role: role_app');
      expect(status).toBe(2);
      expect(stderr).toContain('role "role_missing" of target.role does not exist in the target');
    });
  });
}
