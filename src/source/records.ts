import type { Coverage, Unreadable } from '../model/snapshot.ts';
import { quoteQualified } from '../postgres/index.ts';
import type { SnapshotWriter } from '../snapshot/index.ts';
import { type Folder, readableJson, relationPath, sha256 } from '../snapshot/index.ts';
import type { Captured } from './read/capture.ts';
import type { Uncaptured } from './read/capture-relations.ts';
import type { ListedRelation } from './read/relations.ts';
import { indexCoverage } from './rights/coverage.ts';

/** A relation that was written to the snapshot. */
export interface Written extends Omit<Captured, 'relation'> {
  /** Qualified, always quoted. */
  readonly quoted: string;
  readonly path: string;
  readonly sha256: string;
  /** Names of the relations it inherits from, and of those that inherit from it. */
  readonly inherits: readonly string[];
  readonly children: readonly string[];
  readonly coverage: Coverage['indexes'];
  /** True if some text in it was not UTF-8. */
  readonly garbled: boolean;
}

/** The relations of a snapshot that is being taken. A relation that is read again replaces its earlier version. */
export interface Records {
  put(read: Captured | Uncaptured): Promise<void>;
  /** By OID. */
  readonly written: ReadonlyMap<number, Written>;
  /** Returns the listed relations that are new or have changed since they were read. Forgets all that are not listed. */
  outdated(listed: readonly ListedRelation[]): ListedRelation[];
  /** Removes the files of forgotten relations. */
  finish(): Promise<void>;
  unreadable(): Unreadable[];
}

/** Stands for bytes that are not UTF-8; only a SQL_ASCII database sends them. */
const REPLACEMENT = '\uFFFD';

/** Opens the records of a folder of the snapshot. */
export function openRecords(writer: SnapshotWriter, folder: Folder, values: boolean): Records {
  const written = new Map<number, Written>();
  const unread = new Map<number, readonly Unreadable[]>();
  /** OID of the relation in each file, by path. */
  const owners = new Map<string, number>();
  return {
    written,
    put: async (read) => {
      unread.delete(read.oid);
      written.delete(read.oid);
      if (read.relation === null) {
        unread.set(read.oid, read.unreadable);
        return;
      }
      const { relation, ...about } = read;
      const path = relationPath(relation.schemaname, relation.relname, folder);
      const content = readableJson(relation);
      await writer.write(path, content);
      owners.set(path, read.oid);
      written.set(read.oid, {
        ...about,
        ...{ quoted: quoteQualified(relation.schemaname, relation.relname), path, sha256: sha256(content) },
        ...{ inherits: relation.inherits, children: relation.children },
        coverage: indexCoverage(relation, values),
        garbled: content.includes(REPLACEMENT),
      });
    },
    outdated: (listed) => {
      const oids = new Set(listed.map(({ oid }) => oid));
      const names = new Set(listed.map(({ name }) => name));
      const gone = new Set([...written.values()].map(({ name }) => name).filter((name) => !names.has(name)));
      for (const oid of [...written.keys(), ...unread.keys()].filter((each) => !oids.has(each))) {
        written.delete(oid);
        unread.delete(oid);
      }
      return listed.filter(({ oid, name, shape }) => {
        const known = written.get(oid);
        if (known === undefined) return !unread.has(oid);
        const isOwn = known.name === name && known.shape === shape && owners.get(known.path) === oid;
        return !isOwn || [...known.inherits, ...known.children].some((each) => gone.has(each));
      });
    },
    finish: async () => {
      // If two relations that swapped names were written to one file, it belongs to the last one.
      for (const { oid, path } of [...written.values()]) if (owners.get(path) !== oid) written.delete(oid);
      const wanted = new Set([...written.values()].map(({ path }) => path));
      for (const path of owners.keys()) if (!wanted.has(path)) await writer.remove(path);
    },
    unreadable: () => [...unread.values(), ...[...written.values()].map(({ unreadable }) => unreadable)].flat(),
  };
}
