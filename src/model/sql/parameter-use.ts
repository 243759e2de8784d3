/** A column of a table, by the snapshot's names. */
export interface TableColumn {
  readonly schemaname: string;
  readonly relname: string;
  readonly attname: string;
}

/** How a column is compared with a parameter; the column is on the left. */
export type ComparisonOperator =
  | '='
  | '<'
  | '<='
  | '>'
  | '>='
  /** LIKE and ILIKE. */
  | 'like'
  /** `column = ANY (parameter)`. */
  | 'any'
  /** `parameter = ANY (column)`. */
  | 'element'
  /** `column @> parameter` and `column && parameter`. */
  | 'array';

/** How to derive a parameter's value from a value of the column. */
export interface ValueShape {
  /** The function applied to the column: `lower(email) = $1`. */
  readonly through: 'lower' | 'upper' | null;
  /** The number that the query adds to the parameter: 5 for `column = $1 + 5`. */
  readonly plus: number;
  /** Text that the query adds before and after the parameter of a pattern: `'%'` in `column LIKE $1 || '%'`. */
  readonly before: string;
  readonly after: string;
}

/** A parameter that is compared with a column. */
export interface Compared {
  readonly parameter: number;
  readonly kind: 'compared';
  readonly column: TableColumn;
  readonly operator: ComparisonOperator;
  readonly shape: ValueShape;
}

/** A parameter that the query returns or stores; no plan depends on it. */
export interface Output {
  readonly parameter: number;
  readonly kind: 'output';
  /** The column it is stored in, if known. */
  readonly column: TableColumn | null;
}

/** How a query uses a parameter. `other`: the use does not help to find a value. */
export type ParameterUse =
  | Compared
  | Output
  | { readonly parameter: number; readonly kind: 'limit' }
  | { readonly parameter: number; readonly kind: 'offset' }
  | { readonly parameter: number; readonly kind: 'other' };

/** A relation, for resolving names. */
export type CatalogRelation =
  | {
      readonly kind: 'table';
      readonly schemaname: string;
      readonly relname: string;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'view'; readonly definition: string };

/** Finds a relation by name; undefined if it is unknown. */
export type FindRelation = (schemaname: string | undefined, relname: string) => CatalogRelation | undefined;
