import type { RelationSnapshot } from '../model/snapshot.ts';
import { type Connection, DatabaseError } from '../postgres/index.ts';
import type { Folder, SnapshotWriter } from '../snapshot/index.ts';
import { readStates } from './read/capture.ts';
import { type CaptureOptions, captureRelations } from './read/capture-relations.ts';
import { type ListedRelation, pagesOf } from './read/relations.ts';
import { openRecords, type Records } from './records.ts';
import { inShortTransaction, SESSION_SETTINGS_SQL } from './transaction.ts';

/** The relations of one folder of a snapshot, read while the source keeps running. */
export interface Collection {
  readonly records: Records;
  /** Reads all relations. `started` gets their number; `advance` is called after each. */
  collect(started: (count: number) => void, advance: () => void): Promise<void>;
  /** The given OIDs whose relations have changed since they were read. */
  changed(oids: ReadonlySet<number>): Promise<Set<number>>;
  /** Reads these relations again, and any other that is outdated. */
  refresh(oids: ReadonlySet<number>): Promise<void>;
}

/** A relation that was renamed, rewritten or dropped meanwhile is read again, at most this many times. */
const ROUNDS = 3;

export interface CollectionOptions {
  readonly folder: Folder;
  /** SQL that lists the relations. */
  readonly list: string;
  readonly capture: CaptureOptions;
  /** Called with every relation that is written, and again if the relation is read again. */
  readonly onRelation: (relation: RelationSnapshot) => void;
}

/**
 * Opens a collection. Each relation is read at one moment, but different relations at different moments. So the list is
 * read again at the end, and relations that changed are read again. Otherwise a relation could appear under two names, or
 * half before and half after it was rewritten.
 */
export function openCollection(
  connection: Connection,
  writer: SnapshotWriter,
  { folder, list, capture, onRelation }: CollectionOptions,
): Collection {
  const records = openRecords(writer, folder, capture.values);
  const listed = () =>
    inShortTransaction(connection, SESSION_SETTINGS_SQL, () => connection.query<ListedRelation>(list));
  const read = async (relations: readonly ListedRelation[], advance?: () => void) => {
    for await (const captured of captureRelations(connection, relations, capture)) {
      await records.put(captured);
      if (captured.relation !== null) onRelation(captured.relation);
      advance?.();
    }
  };
  const settle = async (first: (listed: readonly ListedRelation[]) => readonly ListedRelation[]) => {
    let outdated = first(await listed());
    for (let round = 1; outdated.length > 0 && round <= ROUNDS; round++) {
      await read(outdated);
      outdated = records.outdated(await listed());
    }
  };
  return {
    records,
    collect: async (started, advance) => {
      const all = await listed();
      started(all.length);
      await read(all, advance);
      await settle((now) => records.outdated(now));
    },
    changed: async (oids) => {
      const changed = new Set<number>();
      for (const page of pagesOf((await listed()).filter(({ oid }) => oids.has(oid)))) {
        const states = await statesOf(connection, page, capture);
        for (const { oid } of page) if (states.get(oid) !== records.written.get(oid)?.state) changed.add(oid);
      }
      return changed;
    },
    refresh: (oids) =>
      settle((now) => {
        const outdated = new Set(records.outdated(now));
        return now.filter((relation) => oids.has(relation.oid) || outdated.has(relation));
      }),
  };
}

/** States by OID; a relation that cannot be read has none. */
async function statesOf(
  connection: Connection,
  relations: readonly ListedRelation[],
  capture: CaptureOptions,
): Promise<ReadonlyMap<number, string>> {
  const oids = relations.map(({ oid }) => oid);
  try {
    return await readStates(connection, oids, capture);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.severity === 'FATAL') throw error;
    if (relations.length === 1) return new Map();
    const states = new Map<number, string>();
    for (const relation of relations) {
      for (const [oid, state] of await statesOf(connection, [relation], capture)) states.set(oid, state);
    }
    return states;
  }
}
