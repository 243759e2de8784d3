/**
 * Reads YAML and checks it against a schema. Each error names file, line and column and shows the line. Also holds the
 * parts of schemas that regress.yaml and suites share.
 */
export { readYaml, type YamlFile } from './read.ts';
export { cost, expected, text, thresholds } from './schemas.ts';
export { type Place, sourceError } from './source-error.ts';
