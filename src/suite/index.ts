/** Suites: which queries to plan, read from YAML and SQL files and proven to be single statements. */
export { type NewQuery, newSuite, withQueries } from './add-queries.ts';
export { constantCalls } from './constant-calls.ts';
export { type Candidate, gatherQueries, type LeftOut } from './gather.ts';
export { loadSuites } from './load.ts';
export { mentionedNames } from './mentioned-names.ts';
export { namedRelations } from './named-relations.ts';
export { parameterUses } from './parameter-uses.ts';
export { fittingPatterns, selectQueries } from './patterns.ts';
export { isNameOf, queryName } from './query-name.ts';
export { repairTypes } from './repair-types.ts';
export { fingerprint, loadScanner } from './scan.ts';
export { type Shape, shapeOf } from './shape.ts';
export { readStatement, splitStatements } from './statement.ts';
export { timeCalls } from './time-calls.ts';
