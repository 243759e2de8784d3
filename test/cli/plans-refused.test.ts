import { describe, expect, it } from 'vitest';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { makeShop } from './shop.ts';

/** A generic plan is asked for by PREPARE before 16, which outlives the transaction that the refusal ends. */
describe.each(await testMajors())(
  'snapshot --plans on PostgreSQL %s, as a reader that may select from no table',
  (major) => {
    it('takes the statistics, and keeps why there is no plan', async () => {
      const server = (await testServer(major)) as TestServer;
      const { project, production } = await makeShop(server);
      await project.edit('suites/orders.yaml', 'cases: { some: [17] }', 'generic: true');
      const reader = `reader_${production}`;
      const source = server.url(production).replace('postgres@', `${reader}@`);
      const grants = await project.regress(['init', '--grants', '--role', reader, '--source', server.url(production)]);
      await server.psql(production, `CREATE ROLE ${reader} LOGIN; ${grants.stdout}`);

      const taken = await project.regress(['snapshot', '--plans', '--source', source]);

      expect(taken.status, taken.stderr).toBe(0);
      expect(taken.stderr).toContain(
        'warning: the source planned 0 of 3 queries: permission denied for table orders; permission denied for table customers\n',
      );
      expect(taken.stderr).toContain(`GRANT pg_read_all_data TO "${reader}"`);
      const plans = JSON.parse(await project.read('snapshots/production/plans.json'));
      expect(plans.map(({ error }: { error: string }) => error)).toEqual([
        'permission denied for table orders',
        'permission denied for table customers',
        'permission denied for table orders',
      ]);
    });
  },
);
