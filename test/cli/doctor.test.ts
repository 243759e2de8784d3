import { beforeAll, describe, expect, it } from 'vitest';
import { emptyProject, type Project } from '../support/project.ts';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
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

    it('finds nothing wrong where nothing is', async () => {
      const { status, of } = await doctor('--source', source('postgres'));
      expect(of('target', 'fail')).toEqual([]);
      expect(of('source', 'ok').join()).toContain('a superuser reads statistics of 5 of 5 columns (100 %)');
      expect(of('source', 'note').join()).toContain('1 with rows never analyzed: public.unseen');
      expect(of('target', 'ok').join()).toContain('every condition of identical plans holds here');
      expect(status).toBe(0);
    });

    it('prints the SQL a reader without metapages needs, and 1', async () => {
      await server.psql(production, GIN);
      const { status, of } = await doctor('--source', source('doctor_reader'));
      const warnings = of('source', 'warn').join('\n');
      expect(warnings).toContain('cannot read the metapages of 1 GIN index');
      expect(warnings).toContain('GRANT pg_read_all_settings TO "doctor_reader"');
      expect(status).toBe(1);
      const helpers = /CREATE SCHEMA IF NOT EXISTS regress;.*/.exec(warnings)?.[0] ?? '';
      await server.psql(production, `${helpers}; GRANT pg_read_all_settings TO doctor_reader`);
      const mended = await doctor('--source', source('doctor_reader'));
      expect(mended.of('source', 'warn')).toEqual([]);
      expect(mended.status).toBe(0);
    });

    it('names what a role without rights does not see, the GRANT, and 2', async () => {
      const { status, of } = await doctor('--source', source('doctor_bare'));
      const [failure = ''] = of('source', 'fail');
      expect(failure).toContain('sees statistics of 1 of 5 columns (20 %)');
      expect(failure).toContain('Not seen at all: public.orders');
      expect(failure).toContain('GRANT pg_read_all_data TO "doctor_bare"');
      expect(status).toBe(2);
    });

    it('says of a target of one’s own what is in the way', async () => {
      const { status, of } = await doctor('--source', source('postgres'), '--target', server.url(production));
      expect(of('target', 'fail').join()).toContain('the target is the source of the snapshot');
      expect(status).toBe(2);
      const other = await doctor('--target', server.url('postgres'));
      expect(other.of('target', 'ok').join()).toContain('the extension regress_planner is built here');
      expect(other.of('source', 'note').join()).toContain('no source is configured');
    });

    it('goes on where one end cannot be reached', async () => {
      const { status, of } = await doctor('--source', 'postgresql://nobody@localhost:1/nothing');
      expect(of('source', 'fail').join()).toContain('could not connect to the source');
      expect(of('target', 'ok').length).toBeGreaterThan(0);
      expect(status).toBe(2);
    });
  });
}

describe.skipIf((await testMajors()).length === 0)('regress doctor in an empty folder', () => {
  it('says what is not configured, and goes on', async () => {
    const project = await emptyProject();
    const { status, stdout } = await project.regress(['doctor']);
    expect(stdout).toContain('note  there is no regress.yaml here or above');
    expect(stdout).toContain('note  no source is configured');
    expect(stdout).toContain('note  there is no snapshot in ');
    expect(stdout).toContain('ok    a throwaway server of PostgreSQL');
    expect(status).toBe(0);
  });
});
