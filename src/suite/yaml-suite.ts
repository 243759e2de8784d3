import { relative } from 'node:path';
import { checkSettingName } from '../environment/index.ts';
import {
  type AutoCasesRequest,
  type Case,
  GENERIC,
  type ParameterValue,
  parameterName,
  type Query,
  type Suite,
} from '../model/suite.ts';
import { readStatement, type Statement, StatementError } from '../sql/index.ts';
import { readYaml, sourceError, type YamlFile } from '../yaml/index.ts';
import { placeInYaml } from './place.ts';
import { CASE, type QueryFile, type SuiteFile, suiteSchema } from './schema.ts';

type Yaml = YamlFile<SuiteFile>;

/**
 * Reads a suite in YAML; `file` is its name in messages and reports. Throws RegressError `suite` at the position of a
 * mistake.
 */
export async function readYamlSuite(path: string, file: string): Promise<Suite> {
  const yaml = await readYaml(path, suiteSchema, 'suite');
  requireUniqueNames(yaml);
  const queries: Query[] = [];
  for (const [index, written] of yaml.value.queries.entries()) {
    const statement = readQueryStatement(path, yaml, index, written);
    queries.push(toQuery(yaml, index, written, statement, file));
  }
  const { thresholds = {}, ignored } = yaml.value;
  return { file, path, thresholds, queries, ...(ignored && { ignored }) };
}

function requireUniqueNames(yaml: Yaml): void {
  const seen = new Map<string, number>();
  for (const [index, { name }] of yaml.value.queries.entries()) {
    const line = seen.get(name);
    if (line !== undefined) {
      throw yaml.fail(['queries', index, 'name'], `query "${name}" is already defined on line ${line}`);
    }
    seen.set(name, yaml.lineOf(['queries', index, 'name']));
  }
}

function readQueryStatement(path: string, yaml: Yaml, index: number, { sql }: QueryFile): Statement {
  try {
    return readStatement(sql);
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    const { source } = yaml;
    const place = placeInYaml(source, yaml.lineOf(['queries', index, 'sql']), sql, error.offset);
    throw sourceError('suite', relative(process.cwd(), path), source, place, error.message);
  }
}

function toQuery(yaml: Yaml, index: number, written: QueryFile, statement: Statement, file: string): Query {
  const { name, thresholds = {}, expect = {}, stats, tags } = written;
  const { parameters } = statement;
  const auto = toAuto(yaml, index, written, parameters);
  const byHand = Object.entries(written.cases ?? {}).filter(([caseName]) => caseName !== 'auto');
  const cases = byHand.map(([caseName, values]) => {
    const path = ['queries', index, 'cases', caseName];
    if (typeof values === 'boolean') throw yaml.fail(path, CASE);
    return toCase(yaml, path, name, caseName, parameters, values);
  });
  const generic = written.generic ?? (parameters.length > 0 && (cases.length === 0 || auto !== null));
  if (parameters.length > 0 && cases.length === 0 && auto === null && !generic) {
    throw yaml.fail(['queries', index], `query "${name}" has parameters, but neither cases nor a generic plan`);
  }
  if (parameters.length === 0 && generic) {
    throw yaml.fail(['queries', index, 'generic'], `query "${name}" has no parameters, so it has no generic plan`);
  }
  return {
    name,
    sql: written.sql.trim(),
    statement: statement.statement,
    parameters,
    cases,
    ...(auto !== null && { auto }),
    generic,
    settings: toSettings(yaml, index, written),
    thresholds,
    expect,
    ...(stats && { stats }),
    ...(tags && { tags }),
    file,
    line: yaml.lineOf(['queries', index, 'name']),
  };
}

/** The settings of a query, under PostgreSQL's own names. Refuses settings that do more than change a plan. */
function toSettings(yaml: Yaml, index: number, { settings = {} }: QueryFile): Query['settings'] {
  const read = new Map<string, readonly [name: string, value: string]>();
  for (const [written, value] of Object.entries(settings)) {
    const place = ['queries', index, 'settings', written];
    const known = checkSettingName(written);
    if ('refusal' in known) throw yaml.fail(place, `setting "${written}" ${known.refusal}`, known.hint);
    const key = known.name.toLowerCase();
    if (read.has(key)) throw yaml.fail(place, `setting "${known.name}" is already set for this query`);
    read.set(key, [known.name, String(value)]);
  }
  return Object.fromEntries(read.values());
}

/** Whether the query has automatic cases: the query's own choice, or else the suite's, for queries with parameters. */
function toAuto(yaml: Yaml, index: number, written: QueryFile, parameters: readonly string[]): AutoCasesRequest | null {
  const auto = written.cases?.auto ?? (parameters.length > 0 && yaml.value.cases === 'auto');
  if (auto === false) return null;
  const fail = (message: string) =>
    yaml.fail(['queries', index, 'cases', 'auto'], `cases: auto of query "${written.name}" ${message}`);
  if (parameters.length === 0) throw fail('needs parameters, but the query has none');
  if (auto === true) return { given: {} };
  if (isList(auto)) throw fail('must be true or a map from parameter to value');
  const unknown = Object.keys(auto).filter((parameter) => !parameters.includes(parameter));
  if (unknown.length > 0) throw fail(`gives a value for ${unknown.join(', ')}, which is not a parameter of the query`);
  return { given: auto };
}

type CaseValues = readonly ParameterValue[] | { readonly [parameter: string]: ParameterValue };

function toCase(
  yaml: Yaml,
  path: PropertyKey[],
  query: string,
  name: string,
  parameters: readonly string[],
  values: CaseValues,
): Case {
  const fail = (message: string) => yaml.fail(path, `case "${name}" of query "${query}" ${message}`);
  if (name === GENERIC) throw fail('has a name that is reserved for the generic plan');
  if (parameters.length === 0) throw fail('gives values, but the query has no parameters');
  if (isList(values)) {
    if (values.length === parameters.length) return { name, values };
    throw fail(
      `gives ${count(values.length, 'value')} for ${count(parameters.length, 'parameter')} (${shown(parameters)})`,
    );
  }
  const missing = parameters.filter((parameter) => !Object.hasOwn(values, parameter));
  if (missing.length > 0) throw fail(`gives no value for ${shown(missing)}`);
  const unknown = Object.keys(values).filter((parameter) => !parameters.includes(parameter));
  if (unknown.length > 0) throw fail(`gives a value for ${unknown.join(', ')}, which is not a parameter of the query`);
  return { name, values: parameters.map((parameter) => values[parameter] as ParameterValue) };
}

function isList(values: CaseValues): values is readonly ParameterValue[] {
  return Array.isArray(values);
}

/** Parameters, as the query writes them. */
function shown(parameters: readonly string[]): string {
  return parameters.map(parameterName).join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
