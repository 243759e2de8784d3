import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { type Case, GENERIC, type ParameterValue, type Query, type Suite } from '../model/suite.ts';
import { readYaml, sourceError, type YamlFile } from '../yaml/index.ts';
import { placeInYaml } from './place.ts';
import { StatementError } from './scan.ts';
import { type QueryFile, type SuiteFile, suiteSchema } from './schema.ts';
import { readStatement, type Statement } from './statement.ts';

type Yaml = YamlFile<SuiteFile>;

/** Reads a suite in YAML; `file` is its name in messages and reports. Throws RegressError `suite` at the mistake. */
export async function readYamlSuite(path: string, file: string): Promise<Suite> {
  const yaml = await readYaml(path, suiteSchema, 'suite');
  requireUniqueNames(yaml);
  const queries: Query[] = [];
  for (const [index, written] of yaml.value.queries.entries()) {
    const statement = await readQueryStatement(path, yaml, index, written);
    queries.push(toQuery(yaml, index, written, statement, file));
  }
  return { file, path, thresholds: yaml.value.thresholds ?? {}, queries };
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

async function readQueryStatement(path: string, yaml: Yaml, index: number, { sql }: QueryFile): Promise<Statement> {
  try {
    return readStatement(sql);
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    const source = await readFile(path, 'utf8');
    const place = placeInYaml(source, yaml.lineOf(['queries', index, 'sql']), sql, error.offset);
    throw sourceError('suite', relative(process.cwd(), path), source, place, error.message);
  }
}

function toQuery(yaml: Yaml, index: number, written: QueryFile, statement: Statement, file: string): Query {
  const { name, settings = {}, thresholds = {}, expect = {} } = written;
  const { parameters } = statement;
  const cases = Object.entries(written.cases ?? {}).map(([caseName, values]) =>
    toCase(yaml, ['queries', index, 'cases', caseName], name, caseName, parameters, values),
  );
  const generic = written.generic ?? (parameters.length > 0 && cases.length === 0);
  if (parameters.length > 0 && cases.length === 0 && !generic) {
    throw yaml.fail(['queries', index], `query "${name}" has parameters, and neither cases nor a generic plan`);
  }
  if (parameters.length === 0 && generic) {
    throw yaml.fail(['queries', index, 'generic'], `query "${name}" has no parameters, and so no generic plan`);
  }
  return {
    name,
    sql: written.sql.trim(),
    statement: statement.statement,
    parameters,
    cases,
    generic,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    thresholds,
    expect,
    ...(written.stats !== undefined && { stats: written.stats }),
    file,
    line: yaml.lineOf(['queries', index, 'name']),
  };
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
  if (name === GENERIC) throw fail('has the name of the generic plan');
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
  if (unknown.length > 0) throw fail(`gives a value for ${unknown.join(', ')}, which the query does not have`);
  return { name, values: parameters.map((parameter) => values[parameter] as ParameterValue) };
}

function isList(values: CaseValues): values is readonly ParameterValue[] {
  return Array.isArray(values);
}

/** Parameters as the query writes them. */
function shown(parameters: readonly string[]): string {
  return parameters.map((parameter) => (/^\d/.test(parameter) ? `$${parameter}` : `:${parameter}`)).join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
