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
  /** Its values come from the snapshot, and move with it. */
  readonly auto?: true;
}

/** What an automatic case stands for, in the order they are planned; see docs/parameters.md. */
export const CASE_IDEAS = ['common', 'median', 'rare', 'absent', 'first', 'last', 'wide'] as const;
export type CaseIdea = (typeof CASE_IDEAS)[number];

/** What `cases: auto` asks for. */
export interface AutoCasesWish {
  /** Values of parameters that no column tells, by their names. */
  readonly given: Readonly<Record<string, ParameterValue>>;
}

/** How production used a query, in pg_stat_statements' words. */
export interface QueryStats {
  readonly calls?: number | undefined;
  /** Milliseconds. */
  readonly mean_exec_time?: number | undefined;
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
  /** Those written by hand; automatic ones come behind them once a snapshot is known. */
  readonly cases: readonly Case[];
  readonly auto?: AutoCasesWish;
  /** Why there are no automatic cases, a parameter each. */
  readonly unfound?: readonly string[];
  /** Planned also as the generic plan. */
  readonly generic: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly thresholds: ThresholdOverrides;
  readonly expect: Expectations;
  /** As it was when the query was imported. */
  readonly stats?: QueryStats | undefined;
  /** Where in the application the query comes from, such as its route. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
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
  /** Names of queries that import and capture are not to add. */
  readonly ignored?: readonly string[] | undefined;
}

/** One way a query is planned. */
export interface PlannedCase {
  /** Name of the case, `generic` for the generic plan, or null for a query without parameters. */
  readonly name: string | null;
  readonly generic: boolean;
  /** For `$1`…; empty for the generic plan. */
  readonly values: readonly ParameterValue[];
  readonly auto?: true;
}

/** Name of the generic plan where cases are named; no case may have it. */
export const GENERIC = 'generic';

/** The ways a query is planned, in the order they are reported: its cases, then the generic plan. */
export function plannedCases(query: Query): PlannedCase[] {
  if (query.parameters.length === 0) return [{ name: null, generic: false, values: [] }];
  const cases = query.cases.map((each) => ({ ...each, generic: false }));
  return query.generic ? [...cases, { name: GENERIC, generic: true, values: [] }] : cases;
}

/** What the baselines of a suite are named by: `orders` for orders.yaml, and the whole name for any other file. */
export function baselineStem(path: string): string {
  return path.replace(/\.yaml$/, '');
}

/** A parameter as a query writes it. */
export function parameterName(name: string): string {
  return /^\d/.test(name) ? `$${name}` : `:${name}`;
}

/** The values of a case as people read them: `customer_id = 17, status = 'open'`; null for a plan without values. */
export function valuesText({ parameters }: Pick<Query, 'parameters'>, { values }: PlannedCase): string | null {
  if (values.length === 0) return null;
  return parameters.map((name, at) => `${name.replace(/^(?=\d)/, '$')} = ${valueText(values[at] ?? null)}`).join(', ');
}

function valueText(value: ParameterValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}'` : String(value);
}
