/** Reads a source database into a snapshot. Nothing here writes to a database. */
export { type IndexedColumn, readIndexedColumns } from './example-tables.ts';
export type { PlanRequest } from './read/plans.ts';
export { type Reread, rereadRelations } from './reread.ts';
export { readAccess, type SourceAccess } from './rights/access.ts';
export { grantsSql, helperFunctionsSql, ownerGrantsSql } from './rights/helpers.ts';
export { snapshotSql } from './rights/print.ts';
export { type SnapshotOptions, takeSnapshot } from './take.ts';
