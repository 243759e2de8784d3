import pg from 'pg';
import { plannedCases } from '../../src/model/suite.ts';
import { loadSuites } from '../../src/suite/index.ts';
import type { TestServer } from './servers.ts';

/** A client of the application: node-postgres, which knows no URL of a socket's folder with a user. */
export function applicationClient(server: TestServer, database: string, user = 'postgres'): pg.Client {
  const { searchParams } = new URL(server.url(database).replace('@/', '@socket/'));
  const host = searchParams.get('host') ?? '';
  return new pg.Client({ host, port: Number(searchParams.get('port')), user, database });
}

/** What a query is given that cannot do with nulls. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  'add-to-cart': ['00000000-0000-0000-0000-000000000001', 1, 1],
  'record-payment': [1, 'card', 10, 'ref'],
};

/**
 * Executes every query of a folder's suites in every way it is planned, each undone at once; how many executions there
 * were. Foreign keys do not hold meanwhile.
 */
export async function executeSuites(server: TestServer, database: string, suites: string): Promise<number> {
  const client = applicationClient(server, database);
  await client.connect();
  let executions = 0;
  try {
    await client.query('SET session_replication_role = replica');
    for (const query of (await loadSuites(suites)).flatMap((suite) => suite.queries)) {
      for (const { generic, values } of plannedCases(query)) {
        const nothing = VALUES[query.name] ?? query.parameters.map(() => null);
        await client.query('BEGIN');
        await client.query({ text: query.statement, values: [...(generic ? nothing : values)] });
        await client.query('ROLLBACK');
        executions += 1;
      }
    }
  } finally {
    await client.end();
  }
  return executions;
}
