/** Analyses single SQL statements. The only folder that parses queries with libpg-query. */
export { constantCalls } from './constant-calls.ts';
export { DefinitionError, loadParser, type ProvenStatement, provenIndex, provenPartition } from './definitions.ts';
export { withoutDifferingConstants } from './differing-constants.ts';
export { mentionedNames } from './mentioned-names.ts';
export { namedRelations } from './named-relations.ts';
export { parameterUses } from './parameter-uses.ts';
export { repairNormalised } from './repair.ts';
export { repairTypes } from './repair-types.ts';
export { type Shape, shapeOf, statementTree } from './shape.ts';
export { fingerprint, loadScanner } from './text/libpg-query.ts';
export { type Conventions, expansionsIn } from './text/placeholders.ts';
export { scan, type Token } from './text/scan.ts';
export { readStatement, type Statement, splitStatements, statementOf } from './text/statement.ts';
export { StatementError } from './text/statement-error.ts';
export { paramRefs, walk } from './text/tree.ts';
export { timeCalls } from './time-calls.ts';
