import { expect, test } from 'vitest';
import { testInstallations } from '../support/installations.ts';
import { startWithExtension } from '../support/relocated.ts';
import { asTestServer } from '../support/servers.ts';
import { makeShopWithSnapshot } from './shop.ts';

const installation = (await testInstallations()).find(({ major }) => major >= 18);

test.skipIf(installation === undefined)(
  'a role that may create databases checks without being a superuser',
  async () => {
    if (installation === undefined) return;
    const installed = await startWithExtension(installation, 'createdb');
    try {
      const server = asTestServer({ url: installed.url, stop: installed.remove }, installation);
      const { project, production } = await makeShopWithSnapshot(server);
      await server.psql('postgres', 'CREATE ROLE ci LOGIN CREATEDB');
      const target = ['--target', server.url('postgres').replace('postgres@', 'ci@')];

      const refused = await project.regress(['check', ...target]);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain('role ci is not a superuser, and the target is not prepared for it');
      const unprepared = await project.regress(['doctor', ...target]);
      expect(unprepared.stdout).toContain('fail  role ci is not a superuser, and the target is not prepared for it');
      expect(unprepared.status).toBe(2);
      const [, statement] = /HINT: {2}As a superuser: (ALTER ROLE .*;)/.exec(refused.stderr) ?? [];
      await server.psql('postgres', statement as string);
      const prepared = await project.regress(['doctor', ...target]);
      expect(prepared.stdout).toContain('as "ci", not a superuser');
      expect(prepared.stdout).toMatch(/ok {4}the extension regress_planner \S+ is installed on the server/);
      expect(prepared.status, prepared.stdout).toBe(0);

      expect(await project.regress(['update', '--all', ...target])).toMatchObject({ status: 0 });
      const checked = await project.regress(['check', ...target], { CI: 'true' });
      expect(checked.status, checked.stdout + checked.stderr).toBe(0);
      expect(checked.stdout).toContain('3 ok');
      const verified = await project.regress(['verify', '--source', server.url(production), ...target]);
      expect(verified.status, verified.stdout + verified.stderr).toBe(0);
      expect(await server.psql('postgres', `SELECT count(*) FROM pg_database WHERE datname ~ '^regress_run'`)).toBe(
        '0',
      );
    } finally {
      await installed.remove();
    }
  },
);
