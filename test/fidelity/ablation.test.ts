import { beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testMajors, testServer } from '../support/servers.ts';
import { explainAll, type Lab, labQueries, makeLab, withSession } from './lab.ts';

const TECHNIQUES = ['sizes', 'tree_height', 'brin', 'gin', 'range_ends', 'order', 'enabled'];

const majors = await testMajors();
const queries = await labQueries();

describe.runIf(majors.length > 0).each(majors)('techniques of the extension on PostgreSQL %i', (major) => {
  let server: TestServer;
  let lab: Lab;
  let production: string[];

  beforeAll(async () => {
    server = (await testServer(major)) as TestServer;
    lab = await makeLab(server);
    production = await withSession(server, lab.production, (session) => explainAll(session, queries));
  });

  /** How many of the queries the copy plans as production does, with one technique off. */
  const identicalWithout = (technique: string | null): Promise<number> =>
    withSession(server, lab.copy, async (session) => {
      // In quotes, because `order` is a key word.
      if (technique !== null) await session.run(`SET regress_planner."${technique}" = off`);
      const plans = await explainAll(session, queries);
      return plans.filter((plan, at) => plan === production[at]).length;
    });

  it('are all needed: with each one off fewer plans are identical', async () => {
    const all = await identicalWithout(null);
    const without: Record<string, number> = {};
    for (const technique of TECHNIQUES) without[technique] = await identicalWithout(technique);
    const share = (count: number) => `${count} of ${queries.length} (${((100 * count) / queries.length).toFixed(1)} %)`;
    const lines = Object.entries({ 'everything on': all, ...without }).map(([name, count]) => {
      const label = name === 'everything on' ? name : name === 'enabled' ? 'the extension off' : `without ${name}`;
      return `  ${label.padEnd(20)} ${share(count)}`;
    });
    console.log(`identical plans on PostgreSQL ${major}\n${lines.join('\n')}`);
    expect(all).toBe(queries.length);
    for (const technique of TECHNIQUES) expect(without[technique], technique).toBeLessThan(all);
  });
});
