/** What the query would cost now with a plan of its baseline's shape; found by planning it again. */
export interface RunnerUp {
  /** Planner cost units, under the same settings as the chosen plan. */
  readonly totalCost: number;
  /** What the planner had to do without to choose that shape: names of settings and of indexes. */
  readonly without: readonly string[];
}

/** The name of an index, as in the catalogs. */
export interface IndexName {
  readonly schema: string;
  readonly name: string;
}

/** What the planner has to do without. */
export interface Avoidance {
  /** Settings, with the values that turn something off. */
  readonly settings: Readonly<Record<string, string>>;
  readonly indexes: readonly IndexName[];
}
