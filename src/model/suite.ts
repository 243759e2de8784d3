/** Ratios to the baseline; see "thresholds" in docs/configuration.md. */
export interface Thresholds {
  readonly cost: {
    /** Ratio of total costs from which a query warns. */
    readonly warn: number;
    /** Ratio of total costs from which a query fails. */
    readonly fail: number;
    /** Planner cost units; a lower current cost neither warns nor fails for cost. */
    readonly ignoreBelow: number;
  };
  readonly rows: { readonly warn: number };
  readonly shape: 'off' | 'note' | 'warn' | 'fail';
  /** Severity for a query that touches something production has and this schema lacks. */
  readonly drift: 'warn' | 'fail';
}

/** Thresholds that a suite or a query overrides. */
export interface ThresholdOverrides {
  readonly cost?: Partial<Thresholds['cost']> | undefined;
  readonly rows?: Partial<Thresholds['rows']> | undefined;
  readonly shape?: Thresholds['shape'] | undefined;
  readonly drift?: Thresholds['drift'] | undefined;
}

/** A value of a case, as YAML reads it; lists and maps become PostgreSQL arrays and json. */
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
  /** Its values come from the snapshot and change with it. */
  readonly auto?: true;
}

/** The ideas behind automatic cases, in the order they are planned; see docs/parameters.md. */
export const CASE_IDEAS = ['common', 'median', 'rare', 'absent', 'first', 'last', 'wide'] as const;
export type CaseIdea = (typeof CASE_IDEAS)[number];

/** A request for automatic cases (`cases: auto`). */
export interface AutoCasesWish {
  /** Values, by parameter name, for parameters that statistics cannot supply. */
  readonly given: Readonly<Record<string, ParameterValue>>;
}

/** How production used a query, in the words of pg_stat_statements. */
export interface QueryStats {
  readonly calls?: number | undefined;
  /** Milliseconds. */
  readonly mean_exec_time?: number | undefined;
}

/** One query of a suite, proven to be a single statement, with named parameters already numbered. */
export interface Query {
  readonly name: string;
  /** As written in the suite. */
  readonly sql: string;
  /** With `$1`… in place of `:name`, as sent to the server. */
  readonly statement: string;
  /** Names in the order of `$1`…; positional parameters are named by their number. */
  readonly parameters: readonly string[];
  /** Cases written by hand; automatic ones are appended once a snapshot is known. */
  readonly cases: readonly Case[];
  readonly auto?: AutoCasesWish;
  /** Why there are no automatic cases: one reason per parameter. */
  readonly unfound?: readonly string[];
  /** True if it is planned as the generic plan too. */
  readonly generic: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly thresholds: ThresholdOverrides;
  readonly expect: Expectations;
  /** Taken when the query was imported. */
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
  /** Names of queries that import and capture must not add. */
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

/** Name of the generic plan among the cases; no case may use it. */
export const GENERIC = 'generic';

/** The plans to make of a query, in the order they are reported: one per case, then the generic plan. */
export function plannedCases(query: Query): PlannedCase[] {
  if (query.parameters.length === 0) return [{ name: null, generic: false, values: [] }];
  const cases = query.cases.map((each) => ({ ...each, generic: false }));
  return query.generic ? [...cases, { name: GENERIC, generic: true, values: [] }] : cases;
}

/** The path that baseline files of a suite are named after: without the ending for orders.yaml, whole for any other file. */
export function baselineStem(path: string): string {
  return path.replace(/\.yaml$/, '');
}

/** A parameter, as the query writes it. */
export function parameterName(name: string): string {
  return /^\d/.test(name) ? `$${name}` : `:${name}`;
}

/** The values of a case, formatted for people: `customer_id = 17, status = 'open'`; null for a plan without values. */
export function valuesText({ parameters }: Pick<Query, 'parameters'>, { values }: PlannedCase): string | null {
  if (values.length === 0) return null;
  return parameters.map((name, at) => `${name.replace(/^(?=\d)/, '$')} = ${valueText(values[at] ?? null)}`).join(', ');
}

function valueText(value: ParameterValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'string' && !/^-?\d+(?:\.\d+)?$/.test(value) ? `'${value}'` : String(value);
}
