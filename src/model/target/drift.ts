/** What of production's schema a target can lack, or have otherwise. */
export type MissingKind = 'relation' | 'partition' | 'column' | 'column type' | 'index' | 'statistics object';

/** Something the snapshot defines and the schema of the target lacks. */
export interface MissingObject {
  readonly kind: MissingKind;
  /** The relation itself, or the table it belongs to. */
  readonly schemaname: string;
  readonly relname: string;
  /** For people, such as `index public.orders_pkey`. */
  readonly description: string;
}

/** Something missing, and the relations by which a query touches it. */
export interface SchemaDrift extends MissingObject {
  /** Names joined by a dot: the table, and for a partition or child its whole family. */
  readonly touchedBy: ReadonlySet<string>;
}
