import type { Manifest } from '../../model/manifest.ts';
import { type Connection, DatabaseError, quoteIdent } from '../../postgres/index.ts';
import type { Refusal } from '../journal.ts';

/** Tablespaces of the target, found by page costs: the name of production's does not matter. */
export interface TargetTablespaces {
  /**
   * OID of a tablespace with the page costs of production's `name` (null: the database's default); null if there is
   * none.
   */
  oidFor(name: string | null): number | null;
  readonly refused: readonly Refusal[];
}

const TABLESPACES_SQL = `
SELECT t.oid, t.spcname AS name, COALESCE(t.spcoptions, '{}') AS options
FROM pg_catalog.pg_tablespace t
WHERE t.spcname <> 'pg_global'
ORDER BY t.oid = (SELECT d.dattablespace FROM pg_catalog.pg_database d
                  WHERE d.datname = pg_catalog.current_database()) DESC, t.oid`;

interface TablespaceRow {
  readonly oid: number;
  readonly name: string;
  readonly options: readonly string[];
}

/**
 * Finds a tablespace of the target with the page costs of each of production's. Creates missing ones as in-place
 * tablespaces, named after their costs; later restores use them too. Must run outside a transaction, because CREATE
 * TABLESPACE cannot run in one.
 */
export async function findTablespaces(
  connection: Connection,
  { tablespaces, default_tablespace }: Pick<Manifest, 'tablespaces' | 'default_tablespace'>,
): Promise<TargetTablespaces> {
  const costsOf = (name: string | null) => pageCosts(tablespaces[name ?? default_tablespace] ?? []);
  const wanted = new Map([default_tablespace, ...Object.keys(tablespaces)].map((name) => [costsOf(name), name]));
  let here = await byCosts(connection);
  const refused: Refusal[] = [];
  for (const [costs, name] of wanted) {
    if (here.has(costs)) continue;
    const refusal = await createTablespace(connection, costs);
    // Another restore may have created it meanwhile.
    here = await byCosts(connection);
    if (refusal === null || here.has(costs)) continue;
    refused.push({ object: `tablespace ${name}`, what: 'page costs', message: refusal.message });
  }
  return { oidFor: (name) => here.get(costsOf(name)) ?? null, refused };
}

/** OIDs of tablespaces by page costs. Among equal costs, the database's default wins, then the lowest OID. */
async function byCosts(connection: Connection): Promise<Map<string, number>> {
  const rows = await connection.query<TablespaceRow>(TABLESPACES_SQL);
  return new Map(rows.reverse().map(({ oid, options }) => [pageCosts(options), oid]));
}

const PAGE_COST = /^(random_page_cost|seq_page_cost)=(.*)$/;

/**
 * The options of a tablespace that the planner reads (get_tablespace_page_costs, spccache.c), such as
 * `random_page_cost = 1.1, seq_page_cost = 2`; empty if it has none. Equal numbers give equal texts.
 */
export function pageCosts(options: readonly string[]): string {
  return options
    .flatMap((option) => {
      const [, name, value] = PAGE_COST.exec(option) ?? [];
      return name === undefined ? [] : [`${name} = ${Number(value)}`];
    })
    .sort()
    .join(', ');
}

async function createTablespace(connection: Connection, costs: string): Promise<DatabaseError | null> {
  const name = costs === '' ? 'regress_default_costs' : `regress_${costs.replaceAll(' = ', '_').replaceAll(', ', '_')}`;
  const options = costs === '' ? '' : ` WITH (${costs})`;
  try {
    await connection.run('SET allow_in_place_tablespaces = on');
    await connection.query(`CREATE TABLESPACE ${quoteIdent(name)} LOCATION ''${options}`);
    return null;
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  } finally {
    await connection.run('RESET allow_in_place_tablespaces').catch(() => undefined);
  }
}
