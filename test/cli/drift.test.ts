import { mkdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';

const MIGRATIONS = `
CREATE TABLE events (id int, at date NOT NULL, tenant int, note text) PARTITION BY RANGE (at);
CREATE TABLE accounts (id int PRIMARY KEY, name text);
`;

/** What jobs and people made in production: partitions on two levels, and indexes under names of their own. */
const BY_HAND = `
CREATE SCHEMA partman;
CREATE TABLE partman.events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') PARTITION BY HASH (tenant);
CREATE TABLE partman.events_1a PARTITION OF partman.events_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE partman."Events 1b" PARTITION OF partman.events_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE partman.events_rest PARTITION OF events DEFAULT;
CREATE INDEX events_at ON events (at);
CREATE INDEX "By hand" ON accounts (lower(name)) WHERE id > 10;
INSERT INTO events SELECT i, date '2026-01-01' + i % 60, i % 100, 'note ' || i FROM generate_series(1, 20000) AS i;
INSERT INTO accounts SELECT i, 'name ' || i FROM generate_series(1, 5000) AS i;
VACUUM ANALYZE;`;

const SUITE = `queries:
  - name: of-a-day
    sql: SELECT count(*) FROM events WHERE at = $1
    cases: { first: ['2026-01-05'] }
  - name: by-name
    sql: SELECT * FROM accounts WHERE lower(name) = 'name 17' AND id > 10
  - name: by-id
    sql: SELECT name FROM accounts WHERE id = 3
`;

for (const major of await testMajors()) {
  describe(`a schema that lacks what production has, on PostgreSQL ${major}`, () => {
    let project: Project;

    beforeAll(async () => {
      const server = (await testServer(major)) as TestServer;
      const production = await server.createDatabase();
      await server.psql(production, MIGRATIONS + BY_HAND);
      project = await emptyProject();
      await mkdir(project.path('suites'));
      await project.write('schema.sql', MIGRATIONS);
      await project.write('suites/all.yaml', SUITE);
      await project.write(
        'regress.yaml',
        `target:\n  pgConfig: ${server.installation.pgConfig}\n  prepare:\n    - sql: schema.sql\n`,
      );
      const taken = await project.regress(['snapshot', '--plans', '--source', server.url(production)]);
      if (taken.status !== 0) throw new Error(taken.stderr);
    });

    const check = async () => {
      const { stdout, stderr, status } = await project.regress(['check', '--reporter', 'json']);
      expect(stdout, stderr).not.toBe('');
      const { results, production } = JSON.parse(stdout);
      const drift = (query: string): string[] =>
        results
          .filter((one: { query: string }) => one.query === query)
          .flatMap((one: { findings: { code: string; message: string }[] }) => one.findings)
          .filter(({ code }: { code: string }) => code === 'schema-drift')
          .map(({ message }: { message: string }) => message);
      return { status, stderr, drift, production };
    };

    it('is a finding on every query that touches it, also where a plan scans nothing', async () => {
      const { drift, production, status } = await check();
      expect(drift('of-a-day')[0]).toContain('production has objects that this schema lacks: ');
      expect(drift('of-a-day')[0]).toContain('partman.events_1');
      expect(drift('by-name')).toEqual(['production has objects that this schema lacks: index public."By hand"']);
      // Planned to the last digit as production did, whatever index is missing.
      expect(drift('by-id')).toEqual([]);
      expect(production).toMatchObject({ identical: 1, different: 2, total: 3 });
      expect(status).toBe(0);
    });

    it('fails the build where drift is to fail', async () => {
      await project.edit('regress.yaml', 'target:', 'thresholds: { drift: fail }\ntarget:');
      expect((await check()).status).toBe(1);
      await project.edit('regress.yaml', 'thresholds: { drift: fail }\n', '');
    });

    it('is gone, and plans are those of production, where prepare creates it', async () => {
      await project.edit(
        'regress.yaml',
        '    - sql: schema.sql\n',
        '    - sql: schema.sql\n    - production: [partitions, indexes]\n',
      );
      const { drift, production, stderr } = await check();
      expect(stderr).toContain('and 4 partitions and 2 indexes as in production');
      expect(['of-a-day', 'by-name', 'by-id'].flatMap(drift)).toEqual([]);
      expect(production).toMatchObject({ identical: 3, total: 3 });
    });

    it('names what cannot be created, and creates the rest', async () => {
      await project.edit('schema.sql', 'name text);', 'title text);');
      await project.edit('suites/all.yaml', 'SELECT name FROM', 'SELECT title FROM');
      const { stderr } = await check();
      expect(stderr).toContain(
        'index "public"."By hand" of production could not be created: column "name" does not exist',
      );
      expect(stderr).toContain('and 4 partitions and 1 index as in production');
    });
  });
}
