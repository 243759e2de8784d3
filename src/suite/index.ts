/** Suites: which queries to plan, read from YAML and SQL files and proven to be single statements. */
export { constantCalls } from './constant-calls.ts';
export { loadSuites } from './load.ts';
export { namedRelations } from './named-relations.ts';
export { selectQueries } from './patterns.ts';
export { shapeOf } from './scan.ts';
