import { explainOnSource } from '../../src/explain/index.ts';
import type { Query } from '../../src/model/suite.ts';
import { type Connection, serverVersion } from '../../src/postgres/index.ts';

/** The source's plan of a statement, asked for as `snapshot --plans` asks for that of a query without parameters. */
export async function sourcePlan(connection: Connection, statement: string) {
  const { major } = await serverVersion(connection);
  const query = { statement, parameters: [], settings: {}, file: 's.yaml', line: 1 } as unknown as Query;
  const context = { major, role: null, settings: {}, mentioned: { names: [], unclear: null } };
  return explainOnSource(connection, query, { name: null, generic: false, values: [] }, context);
}
