import type { MissingObject, SchemaDrift } from '../model/target/drift.ts';
import type { UnknownObject } from '../model/target/unknown-object.ts';
import type { TargetState } from './state/target-state.ts';

/** Where in a snapshot a statistic is, and the relation of the target it is about. */
export interface Origin {
  readonly file?: string | undefined;
  readonly schemaname: string;
  readonly relname: string;
}

/** A statistic or figure of the snapshot that was not restored; the rest of its object was. */
export interface Refusal {
  /** Column, index, expression or statistics object, by its qualified name. */
  readonly object: string;
  /** The part that was left out, such as `most common values`. */
  readonly what: string;
  /** The server's own message, or why it was not tried. */
  readonly message: string;
  /** Of what no server can have written; absent for what this target or its server does not take. */
  readonly origin?: Origin | undefined;
}

/** A planner setting of production that is not set on the database. */
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
  /** Ends of indexed ranges, two for an index at most. */
  readonly rangeEnds: number;
  readonly settings: number;
}

/** What became of the system catalogs of a snapshot. */
export interface RestoredCatalogs {
  /** Those that plan as in production. */
  readonly relations: number;
  /** Why they were left out; null where they were not. */
  readonly skipped: string | null;
}

/** What a restore did, and what it could not do. */
export interface RestoreReport {
  /** `manifest.digest` of the snapshot. */
  readonly snapshotDigest: string;
  readonly counts: RestoredCounts;
  /** Objects of the snapshot without a counterpart in the database, such as `index public.orders_pkey`. */
  readonly missing: readonly SchemaDrift[];
  /** Objects of the database the snapshot does not know: planned with the sizes they have here. */
  readonly unknown: readonly UnknownObject[];
  readonly refused: readonly Refusal[];
  readonly skippedSettings: readonly SkippedSetting[];
  /** Null where the snapshot has none. */
  readonly catalogs: RestoredCatalogs | null;
  /** True when the server runs autovacuum, which overwrites restored statistics. */
  readonly autovacuum: boolean;
  /** What plans of the database depend on, when the restore ended. */
  readonly state: TargetState;
}

/** Where the parts of a restore note what they did. */
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
