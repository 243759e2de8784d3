/** Version of the snapshot format that this regress writes and reads. */
export const SNAPSHOT_FORMAT_VERSION = 1;

/** Something that could not be read; marks a snapshot as partial. */
export interface Unreadable {
  /** Quoted, qualified name of the object. */
  readonly object: string;
  /** The missing part, such as `column statistics` or `range ends`. */
  readonly what: string;
  readonly reason: string;
  /** SQL that makes it readable. */
  readonly hint: string | null;
  /** True if plans cannot be exact without it, so that --allow-partial is needed. */
  readonly fatal: boolean;
}

export interface RoleSettings {
  /** null: all roles. */
  readonly role: string | null;
  /** True: in this database only; false: in every database. */
  readonly database: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

/** Facts about one role that privileges and policies depend on. */
export interface RoleFacts {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassrls: boolean;
  readonly inherit: boolean;
  readonly member_of: readonly string[];
}

export interface SourceServer {
  /** server_version. */
  readonly version: string;
  readonly server_version_num: number;
  /** Machine of version(), such as `x86_64-pc-linux-gnu`. */
  readonly platform: string;
  readonly block_size: number;
  /** pg_control_system().system_identifier, text; null if not readable. */
  readonly system_identifier: string | null;
  readonly database: string;
  /** pg_encoding_to_char of the database. */
  readonly encoding: string;
  readonly lc_collate: string;
  readonly lc_ctype: string;
  /** pg_database.datlocprovider: c, i, b; c before 15. */
  readonly locale_provider: string;
  /** daticulocale / datlocale. */
  readonly locale: string | null;
  /** daticurules (from PostgreSQL 16), if there are any. */
  readonly icu_rules?: string;
  readonly collation_version: string | null;
  /** Versions of the collations that columns and indexes use, by quoted, qualified name. */
  readonly collations: Readonly<Record<string, string | null>>;
  readonly extensions: readonly { readonly name: string; readonly schema: string; readonly version: string }[];
  readonly shared_preload_libraries: string;
  /** session_preload_libraries in sessions of the snapshot's role; absent if unknown. */
  readonly session_preload_libraries?: string;
}

/** How much of the planner inputs was read, and with which privileges. */
export interface Coverage {
  /**
   * How statistics were read: from catalogs and tables, through helper functions of a superuser or of the tables'
   * owner, or from the views that the role can see.
   */
  readonly reader: 'direct' | 'helpers' | 'owner' | 'views';
  /** Columns of analyzed tables that have rows, and how many of them statistics were read for. */
  readonly columns: { readonly all: number; readonly read: number };
  /** Valid indexes with a file, and how many of them have exact figures and range ends. */
  readonly indexes: { readonly all: number; readonly exact: number };
}

export interface Manifest {
  readonly formatVersion: typeof SNAPSHOT_FORMAT_VERSION;
  /** Version of regress that wrote it. */
  readonly regress: string;
  /** now() of the first transaction, ISO 8601 with microseconds and +00. */
  readonly capturedAt: string;
  /** now() of the last transaction: each relation was read at one moment between the two. Absent in older snapshots. */
  readonly capturedUntil?: string;
  readonly server: SourceServer;
  /** GUC_EXPLAIN settings and a few others that plans depend on; `reset_val` in the unit of pg_settings. */
  readonly settings: Readonly<Record<string, string>>;
  readonly role_settings: readonly RoleSettings[];
  /** The role the snapshot was taken as; absent in older snapshots. */
  readonly role?: string;
  /** Roles that own relations, have privileges on them or are named in policies; absent in older snapshots. */
  readonly roles?: readonly RoleFacts[];
  /**
   * Options of the tablespaces that relations live in, as `name=value`; the database's default tablespace is here under
   * its name too.
   */
  readonly tablespaces: Readonly<Record<string, readonly string[]>>;
  readonly default_tablespace: string;
  /** False if taken with --no-values. */
  readonly values: boolean;
  /** Number of read-only transactions, one after the other so that no lock is held for long; absent: one. */
  readonly transactions?: number;
  readonly unreadable: readonly Unreadable[];
  /** How much was read; absent in older snapshots. */
  readonly coverage?: Coverage;
  /** sha256 of plans.json, production's own plans; absent if they were not taken. */
  readonly plans?: string;
  /** sha256 of every relation file, by its path in the directory. */
  readonly files: Readonly<Record<string, string>>;
  /** sha256 of the files of the system catalogs; absent if they were not taken. */
  readonly catalogs?: Readonly<Record<string, string>>;
  /** sha256 over the manifest without `digest`, `capturedAt`, `capturedUntil`, `regress`, `transactions` and `plans`: equal for equal statistics. */
  readonly digest: string;
}

/** A setting in a manifest that regress does not write there. */
export interface StrangeSetting {
  readonly name: string;
  readonly value: string;
  /** null: all roles. */
  readonly role: string | null;
  /** The file that has it. */
  readonly file: string;
}

/** Major version of the server a snapshot was taken from. */
export function majorOf({ server }: { readonly server: Pick<SourceServer, 'server_version_num'> }): number {
  return Math.floor(server.server_version_num / 10000);
}
