import type { GinMetapage } from '../model/snapshot.ts';
import { type Connection, quoteIdent } from '../postgres/index.ts';

const SHADOWS_SQL = `
SELECT c.relname AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'regress_planner.gin_shadow'::pg_catalog.regclass
ORDER BY c.relname`;

const SET_METAPAGE_SQL = `
SELECT regress_planner.set_gin_metapage($1::pg_catalog.regclass, $2, $3, $4, $5, $6)`;

/**
 * Replaces the shadow indexes of an earlier restore by one for each distinct metapage. Resolves to the qualified name of
 * each metapage's shadow. Comes late in a restore: sessions that plan with a shadow wait from here to the commit.
 */
export async function replaceGinShadows(
  connection: Connection,
  indexes: readonly { readonly gin: GinMetapage | null }[],
): Promise<ReadonlyMap<GinMetapage, string>> {
  for (const { name } of await connection.query<{ name: string }>(SHADOWS_SQL)) {
    await connection.run(`DROP INDEX regress_planner.${quoteIdent(name)}`);
  }
  const byFigures = new Map<string, string>();
  const shadows = new Map<GinMetapage, string>();
  for (const { gin } of indexes) {
    if (gin === null) continue;
    const figures = [gin.nPendingPages, gin.nTotalPages, gin.nEntryPages, gin.nDataPages, gin.nEntries];
    const shadow = byFigures.get(figures.join()) ?? (await createShadow(connection, byFigures.size + 1, figures));
    byFigures.set(figures.join(), shadow);
    shadows.set(gin, shadow);
  }
  return shadows;
}

async function createShadow(connection: Connection, number: number, figures: readonly number[]): Promise<string> {
  const name = `gin_${number}`;
  await connection.run(`CREATE INDEX ${name} ON regress_planner.gin_shadow USING gin (keys)`);
  await connection.query(SET_METAPAGE_SQL, [`regress_planner.${name}`, ...figures]);
  return `regress_planner.${name}`;
}
