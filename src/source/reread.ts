import type { RelationSnapshot, Unreadable } from '../model/snapshot.ts';
import { type Connection, quoteQualified } from '../postgres/index.ts';
import { captureRelations } from './read/capture-relations.ts';
import { type ListedRelation, RELATION_LIST_SQL } from './read/relations.ts';
import { readSourceFacts } from './source-facts.ts';
import { inShortTransaction, SESSION_SETTINGS_SQL } from './transaction.ts';

/** Relations as they are in the source now, by quoted, qualified name, and what could not be read of them. */
export interface Reread {
  readonly relations: ReadonlyMap<string, RelationSnapshot>;
  readonly unreadable: readonly Unreadable[];
}

/**
 * Reads relations again, as a snapshot with values does; `names` are qualified and always quoted. Leaves out relations
 * that are gone or locked. Throws DatabaseError.
 */
export async function rereadRelations(connection: Connection, names: ReadonlySet<string>): Promise<Reread> {
  const { context, unreadable } = await readSourceFacts(connection, { values: true, systemCatalogs: false });
  const listed = await inShortTransaction(connection, SESSION_SETTINGS_SQL, () =>
    connection.query<ListedRelation>(RELATION_LIST_SQL),
  );
  const wanted = listed.filter(({ schemaname, relname }) => names.has(quoteQualified(schemaname, relname)));
  const relations = new Map<string, RelationSnapshot>();
  const unread = [...unreadable];
  for await (const { relation, unreadable: ofRelation } of captureRelations(connection, wanted, {
    ...context,
    patience: 0,
  })) {
    unread.push(...ofRelation);
    if (relation !== null) relations.set(quoteQualified(relation.schemaname, relation.relname), relation);
  }
  return { relations, unreadable: unread };
}
