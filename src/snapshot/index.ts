/**
 * Snapshots: what the planner of a source database reads, as files. Nothing here writes to a database; putting a snapshot
 * into a target is restore's.
 */
export { readAccess, type SourceAccess } from './access.ts';
export { type IndexedColumn, readIndexedColumns } from './example-tables.ts';
export { grantsSql, helperFunctionsSql, ownerGrantsSql } from './helpers.ts';
export { openSnapshot } from './open.ts';
export { schemasOf } from './paths.ts';
export type { PlanRequest } from './plans.ts';
export { snapshotSql } from './print.ts';
export { type Reread, rereadRelations } from './reread.ts';
export { type SnapshotOptions, takeSnapshot } from './take.ts';
