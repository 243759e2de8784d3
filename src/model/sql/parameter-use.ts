/** A column of a table, as the snapshot names it. */
export interface TableColumn {
  readonly schemaname: string;
  readonly relname: string;
  readonly attname: string;
}

/** How a column is compared with a parameter, the column on the left. */
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

/** How a parameter's value follows from a value of the column. */
export interface ValueShape {
  /** The column is compared through this function: `lower(email) = $1`. */
  readonly through: 'lower' | 'upper' | null;
  /** Added to the parameter by the query: 5 for `column = $1 + 5`. */
  readonly plus: number;
  /** Text the query puts before and after the parameter of a pattern: `'%'` in `column LIKE $1 || '%'`. */
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

/** Part of what the query returns or stores, which no plan depends on. */
export interface Output {
  readonly parameter: number;
  readonly kind: 'output';
  /** The column it is stored in, where that is known. */
  readonly column: TableColumn | null;
}

/** What a query does with a parameter; `other`: nothing a value can be found by. */
export type ParameterUse =
  | Compared
  | Output
  | { readonly parameter: number; readonly kind: 'limit' }
  | { readonly parameter: number; readonly kind: 'offset' }
  | { readonly parameter: number; readonly kind: 'other' };

/** A relation as names are resolved by. */
export type CatalogRelation =
  | {
      readonly kind: 'table';
      readonly schemaname: string;
      readonly relname: string;
      readonly columns: readonly string[];
    }
  | { readonly kind: 'view'; readonly definition: string };

/** Finds what a query names; undefined for what is not known. */
export type FindRelation = (schemaname: string | undefined, relname: string) => CatalogRelation | undefined;
