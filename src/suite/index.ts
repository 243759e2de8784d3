/** Suites: the queries to plan, read from YAML and SQL files, and the values of their cases. */
export { type NewQuery, newSuite, withQueries } from './add-queries.ts';
export { autoCases } from './cases/auto-cases.ts';
export { type ColumnValues, columnValues } from './cases/column-values.ts';
export { type Candidate, gatherQueries, type LeftOut } from './gather.ts';
export { loadSuites } from './load.ts';
export { fittingPatterns, selectQueries } from './patterns.ts';
export { isNameOf, queryName } from './query-name.ts';
