/** Reads YAML against a schema, with every mistake at its place: file, line, column and the line itself. */
export { readYaml, type YamlFile } from './read.ts';
export { type Place, sourceError } from './source-error.ts';
