import type { GinMetapage } from '../model/snapshot.ts';
import { type Connection, quoteIdent } from '../postgres/index.ts';

const SHADOWS_SQL = `
SELECT c.relname AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'regress_planner.gin_shadow'::pg_catalog.regclass
ORDER BY c.relname`;

const SET_METAPAGE_SQL = `
SELECT regress_planner.set_gin_metapage($1::pg_catalog.regclass, $2, $3, $4, $5, $6)`;

/** Makes shadow indexes as metapages are asked for: equal metapages share one. */
export interface GinShadows {
  /** Qualified name of the empty index that has this metapage. */
  shadowOf(metapage: GinMetapage): Promise<string>;
}

/** Removes the shadow indexes of an earlier restore and begins anew. */
export async function replaceGinShadows(connection: Connection): Promise<GinShadows> {
  for (const { name } of await connection.query<{ name: string }>(SHADOWS_SQL)) {
    await connection.run(`DROP INDEX regress_planner.${quoteIdent(name)}`);
  }
  const names = new Map<string, string>();
  return {
    shadowOf: async ({ nPendingPages, nTotalPages, nEntryPages, nDataPages, nEntries }) => {
      const figures = [nPendingPages, nTotalPages, nEntryPages, nDataPages, nEntries];
      const known = names.get(figures.join());
      if (known !== undefined) return known;
      const name = `gin_${names.size + 1}`;
      await connection.run(`CREATE INDEX ${name} ON regress_planner.gin_shadow USING gin (keys)`);
      await connection.query(SET_METAPAGE_SQL, [`regress_planner.${name}`, ...figures]);
      names.set(figures.join(), `regress_planner.${name}`);
      return `regress_planner.${name}`;
    },
  };
}
