/** Restores a snapshot into a database that has the schema. `src/target` decides which databases may be written. */
export type { RestoreReport } from './journal.ts';
export { type RestoreOptions, restoreSnapshot } from './restore.ts';
export { requirePreparedTarget } from './rights.ts';
export { EXTENSION_VERSION, type ExtensionSource } from './side-data/extension.ts';
export { rangeEndsSupported } from './side-data/range-ends-supported.ts';
export { overwrittenRelations, restoredDigest, verifyPlanner } from './target-state/check-restored.ts';
export { changesSince, type TargetState } from './target-state/target-state.ts';
