import type { GinMetapage } from '../../model/snapshot.ts';
import type { Connection } from '../../postgres/index.ts';

const SHADOWS_SQL = `
SELECT c.relname AS name FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'regress_planner.gin_shadow'::pg_catalog.regclass
ORDER BY c.relname`;

/** Functions, because the role that restores may not own the table. */
const MAKE_SQL = 'SELECT regress_planner.make_gin_shadow($1)';
const DROP_SQL = 'SELECT regress_planner.drop_gin_shadow($1)';

const SET_METAPAGE_SQL = `
SELECT regress_planner.set_gin_metapage($1::pg_catalog.regclass, $2, $3, $4, $5, $6)`;

/**
 * Creates one GIN shadow for each distinct metapage. Drops those of an earlier restore that are no longer needed; keeps
 * the others, so that a session that plans meanwhile finds them. Returns the qualified name of each metapage's shadow.
 */
export async function replaceGinShadows(
  connection: Connection,
  indexes: readonly { readonly gin: GinMetapage | null }[],
): Promise<ReadonlyMap<GinMetapage, string>> {
  const existing = new Set((await connection.query<{ name: string }>(SHADOWS_SQL)).map(({ name }) => name));
  const metapages = indexes.flatMap(({ gin }) => gin ?? []);
  const wanted = new Map(metapages.map((metapage) => [shadowName(metapage), metapage]));
  for (const name of existing) {
    if (!wanted.has(name)) await connection.query(DROP_SQL, [name]);
  }
  for (const [name, metapage] of wanted) {
    if (!existing.has(name)) {
      await connection.query(MAKE_SQL, [name]);
    }
    // Also for existing ones: REINDEX empties a metapage.
    await connection.query(SET_METAPAGE_SQL, [qualified(name), ...figuresOf(metapage)]);
  }
  return new Map(metapages.map((metapage) => [metapage, qualified(shadowName(metapage))]));
}

/** Named after its figures, so that equal metapages share a shadow. Base 36 keeps the name within NAMEDATALEN. */
function shadowName(metapage: GinMetapage): string {
  return ['gin', ...figuresOf(metapage).map((figure) => figure.toString(36))].join('_');
}

function figuresOf({ nPendingPages, nTotalPages, nEntryPages, nDataPages, nEntries }: GinMetapage): readonly number[] {
  return [nPendingPages, nTotalPages, nEntryPages, nDataPages, nEntries];
}

function qualified(name: string): string {
  return `regress_planner.${name}`;
}
