/** The cost that a query would have now by a plan of its baseline's shape, found by planning it again. */
export interface RunnerUp {
  /** Planner cost units, under the same settings as the chosen plan. */
  readonly totalCost: number;
  /** What was taken from the planner until it chose that shape: settings of PostgreSQL, and indexes by their names. */
  readonly without: readonly string[];
}

/** An index as the catalogs have it. */
export interface IndexName {
  readonly schema: string;
  readonly name: string;
}

/** What the planner is asked to do without. */
export interface Avoidance {
  /** Settings with the values that turn something off. */
  readonly settings: Readonly<Record<string, string>>;
  readonly indexes: readonly IndexName[];
}
