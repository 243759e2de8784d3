/** Something the target has and the snapshot does not know. */
export interface UnknownObject {
  readonly kind: 'relation' | 'index' | 'statistics object';
  readonly schemaname: string;
  readonly name: string;
  /** For people, such as `index public.orders_pkey`. */
  readonly description: string;
}
