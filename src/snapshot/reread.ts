import { dialectOf, readServer } from '../environment/index.ts';
import type { RelationSnapshot, Unreadable } from '../model/snapshot.ts';
import { type Connection, quoteQualified, serverVersion } from '../postgres/index.ts';
import { captureRelations } from './capture.ts';
import { readMetapageAccess } from './metapages.ts';
import { readPrivileges } from './privileges.ts';
import { type ListedRelation, RELATION_LIST_SQL } from './relations.ts';
import { readUnsendableTypes } from './statistics.ts';
import { inTransaction, SESSION_SETTINGS_SQL } from './transaction.ts';

/** Relations as the source has them now, by quoted, qualified name, and what could not be read of them. */
export interface Reread {
  readonly relations: ReadonlyMap<string, RelationSnapshot>;
  readonly unreadable: readonly Unreadable[];
}

/** Reads some relations again (always quoted, qualified names), as a snapshot with values would; those that are gone are left out. Throws DatabaseError. */
export function rereadRelations(connection: Connection, names: ReadonlySet<string>): Promise<Reread> {
  return inTransaction(connection, async () => {
    const version = await serverVersion(connection);
    const dialect = dialectOf(version.major);
    await connection.run(SESSION_SETTINGS_SQL);
    const access = await readMetapageAccess(connection);
    const privileges = await readPrivileges(connection, dialect, true, access);
    const { server, inRecovery } = await readServer(connection, version, dialect, privileges.role);
    const unreadable: Unreadable[] = [...privileges.unreadable];
    const context = {
      ...{ dialect, privileges, inRecovery, unreadable, values: true, elementTypes: true },
      access,
      blockSize: server.block_size,
      unsendable: await readUnsendableTypes(connection),
    };
    const listed = await connection.query<ListedRelation>(RELATION_LIST_SQL);
    const relations = new Map<string, RelationSnapshot>();
    const wanted = listed.filter(({ schemaname, relname }) => names.has(quoteQualified(schemaname, relname)));
    for await (const relation of captureRelations(connection, wanted, context)) {
      relations.set(quoteQualified(relation.schemaname, relation.relname), relation);
    }
    return { relations, unreadable };
  });
}
