/** Kinds of schema objects that a target can lack or define differently from production. */
export type MissingKind = 'relation' | 'partition' | 'column' | 'column type' | 'index' | 'statistics object';

/** An object that the snapshot defines and the target's schema lacks. */
export interface MissingObject {
  readonly kind: MissingKind;
  /** The relation itself, or the table it belongs to. */
  readonly schemaname: string;
  readonly relname: string;
  /** For people, such as `index public.orders_pkey`. */
  readonly description: string;
}

/** A missing object, and the relations through which a query touches it. */
export interface SchemaDrift extends MissingObject {
  /** `schema.name` of the table, and for a partition or child of its whole family. */
  readonly touchedBy: ReadonlySet<string>;
}
