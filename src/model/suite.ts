/** Ratios to the baseline; see "thresholds" in docs/configuration.md. */
export interface Thresholds {
  readonly cost: {
    /** Ratio of total costs from which a query warns. */
    readonly warn: number;
    /** Ratio of total costs from which a query fails. */
    readonly fail: number;
    /** Planner cost units; a current cost under this never warns or fails for its cost. */
    readonly ignoreBelow: number;
  };
  readonly rows: { readonly warn: number };
  readonly shape: 'off' | 'note' | 'warn' | 'fail';
  /** What a query is that touches something production has and the schema lacks. */
  readonly drift: 'warn' | 'fail';
}

/** The parts of thresholds a suite or a query overrides. */
export interface ThresholdOverrides {
  readonly cost?: Partial<Thresholds['cost']> | undefined;
  readonly rows?: Partial<Thresholds['rows']> | undefined;
  readonly shape?: Thresholds['shape'] | undefined;
  readonly drift?: Thresholds['drift'] | undefined;
}

/** A value of a case, as YAML gives it; arrays and objects become PostgreSQL arrays and json. */
export type ParameterValue =
  | string
  | number
  | boolean
  | null
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue };

export interface NodePattern {
  /** EXPLAIN's "Node Type", such as `Seq Scan`. */
  readonly node: string;
  /** Relation name, bare or schema-qualified. */
  readonly on?: string | undefined;
}

export interface Expectations {
  readonly cost?: { readonly max: number } | undefined;
  /** Names of indexes the plan must use. */
  readonly uses?: readonly string[] | undefined;
  readonly forbid?: readonly NodePattern[] | undefined;
}

/** One set of parameter values, planned as a custom plan. */
export interface Case {
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

/** What production's pg_stat_statements says of a query, as it was when the query was imported. */
export interface QueryStats {
  readonly calls: number;
  /** Milliseconds. */
  readonly mean_exec_time: number;
}

/** One query of a suite, proven to be a single statement, with named parameters already numbered. */
export interface Query {
  readonly name: string;
  /** As written, for people. */
  readonly sql: string;
  /** With `$1`… in place of `:name`, as it is sent. */
  readonly statement: string;
  /** Names in the order of `$1`…; positional parameters are named by their number. */
  readonly parameters: readonly string[];
  readonly cases: readonly Case[];
  /** Planned also as the generic plan. */
  readonly generic: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly thresholds: ThresholdOverrides;
  readonly expect: Expectations;
  readonly stats?: QueryStats | undefined;
  /** Path of the suite file relative to the suites folder's parent, with `/`. */
  readonly file: string;
  /** Line of the query in its file, from 1. */
  readonly line: number;
}

/** One suite file. */
export interface Suite {
  /** Path as `Query.file`. */
  readonly file: string;
  /** Absolute path. */
  readonly path: string;
  readonly thresholds: ThresholdOverrides;
  readonly queries: readonly Query[];
}

/** One way a query is planned. */
export interface PlannedCase {
  /** Name of the case, `generic` for the generic plan, or null for a query without parameters. */
  readonly name: string | null;
  readonly generic: boolean;
  /** For `$1`…; empty for the generic plan. */
  readonly values: readonly ParameterValue[];
}

/** Name of the generic plan where cases are named; no case may have it. */
export const GENERIC = 'generic';

/** The ways a query is planned, in the order they are reported: its cases, then the generic plan. */
export function plannedCases(query: Query): PlannedCase[] {
  if (query.parameters.length === 0) return [{ name: null, generic: false, values: [] }];
  const cases = query.cases.map(({ name, values }) => ({ name, generic: false, values }));
  return query.generic ? [...cases, { name: GENERIC, generic: true, values: [] }] : cases;
}

/** What the baselines of a suite are named by: `orders` for orders.yaml, and the whole name for any other file. */
export function baselineStem(path: string): string {
  return path.replace(/\.yaml$/, '');
}
