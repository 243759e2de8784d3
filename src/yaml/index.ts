/**
 * Reads YAML against a schema, with every mistake at its place: file, line, column and the line itself. The pieces of schema
 * that regress.yaml and suites share are here too.
 */
export { readYaml, type YamlFile } from './read.ts';
export { cost, expected, text, thresholds } from './schemas.ts';
export { type Place, sourceError } from './source-error.ts';
