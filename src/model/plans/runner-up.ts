/** The query's cost now with a plan of its baseline's shape; found by planning it again. */
export interface RunnerUp {
  /** Planner cost units, under the same settings as the chosen plan. */
  readonly totalCost: number;
  /** Names of the settings and indexes that were turned off or hidden until the planner chose that shape. */
  readonly without: readonly string[];
}

/** The name of an index, as in the catalogs. */
export interface IndexName {
  readonly schema: string;
  readonly name: string;
}

/** Settings and indexes to plan without. */
export interface Avoidance {
  /** Settings, with the values that turn something off. */
  readonly settings: Readonly<Record<string, string>>;
  readonly indexes: readonly IndexName[];
}
