/** Reads a source database into a snapshot. Nothing here writes to a database. */
export { type IndexedColumn, readIndexedColumns } from './indexed-columns.ts';
export type { PlanRequest } from './read/plans.ts';
export { type CurrentRelations, readCurrentRelations } from './reread.ts';
export { readAccess, type SourceAccess } from './rights/access.ts';
export { grantsSql, helperFunctionsSql, ownerGrantsSql } from './rights/helpers.ts';
export { printSnapshotSql } from './rights/print.ts';
export { type SnapshotOptions, takeSnapshot } from './take.ts';
