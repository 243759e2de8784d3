import type { MissingObject, SchemaDrift } from '../model/target/drift.ts';
import type { UnknownObject } from '../model/target/unknown-object.ts';
import type { TargetState } from './target-state/target-state.ts';

/** The snapshot's file that holds a statistic, and the target's relation that it describes. */
export interface Origin {
  readonly file?: string | undefined;
  readonly schemaname: string;
  readonly relname: string;
}

/** A statistic or figure of the snapshot that was not restored; the rest of its object was restored. */
export interface Refusal {
  /** Column, index, expression or statistics object, by its qualified name. */
  readonly object: string;
  /** The part that was not restored, such as `most common values`. */
  readonly what: string;
  /** The server's error message, or why regress did not try. */
  readonly message: string;
  /** Set if no server can have written the statistic; absent if only this target or its server does not accept it. */
  readonly origin?: Origin | undefined;
}

/** A planner setting of production that was not set on the database. */
export interface SkippedSetting {
  readonly name: string;
  /** Production's value, in the unit of pg_settings. */
  readonly value: string;
  readonly reason: string;
}

export interface RestoredCounts {
  /** Tables, materialized views, partitioned and foreign tables, sequences. */
  readonly relations: number;
  readonly indexes: number;
  /** Rows of pg_statistic: columns, and expressions of indexes. */
  readonly columns: number;
  /** Rows of pg_statistic_ext_data. */
  readonly extendedStatistics: number;
  /** Range ends: at most two for each index. */
  readonly rangeEnds: number;
  readonly settings: number;
}

/** Outcome of restoring the snapshot's system catalogs. */
export interface RestoredCatalogs {
  /** Number of catalogs that were restored. */
  readonly relations: number;
  /** Why they were not restored; null if they were. */
  readonly skipped: string | null;
}

/** What a restore did, and what it could not do. */
export interface RestoreReport {
  /** `manifest.digest` of the snapshot. */
  readonly snapshotDigest: string;
  readonly counts: RestoredCounts;
  /** Objects that the snapshot has and the database lacks, such as `index public.orders_pkey`. */
  readonly missing: readonly SchemaDrift[];
  /** Objects that the database has and the snapshot does not know: planned with estimates, or with their sizes here. */
  readonly unknown: readonly UnknownObject[];
  readonly refused: readonly Refusal[];
  readonly skippedSettings: readonly SkippedSetting[];
  /** Null if the snapshot has no system catalogs. */
  readonly catalogs: RestoredCatalogs | null;
  /** True if the server runs autovacuum, which overwrites restored statistics. */
  readonly autovacuum: boolean;
  /** Digests of everything that plans depend on, taken when the restore ended. */
  readonly state: TargetState;
}

/** Collects counts, refusals and differences during a restore. */
export interface Journal {
  readonly counts: { -readonly [Name in keyof RestoredCounts]: RestoredCounts[Name] };
  readonly missing: MissingObject[];
  readonly unknown: UnknownObject[];
  readonly refused: Refusal[];
  readonly skippedSettings: SkippedSetting[];
}

export function emptyJournal(): Journal {
  return {
    counts: { relations: 0, indexes: 0, columns: 0, extendedStatistics: 0, rangeEnds: 0, settings: 0 },
    missing: [],
    unknown: [],
    refused: [],
    skippedSettings: [],
  };
}
