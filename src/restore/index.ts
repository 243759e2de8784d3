/** Puts a snapshot into a database that has the schema. Which database may be written is decided elsewhere. */
export type { RestoreReport } from './journal.ts';
export { type RestoreOptions, restoreSnapshot } from './restore.ts';
export { checkPrepared } from './rights.ts';
export { EXTENSION_VERSION, type ExtensionSource } from './side-data/extension.ts';
export { rangeEndsSupported } from './side-data/range-ends-supported.ts';
export { overwrittenRelations, restoredDigest, verifyPlanner } from './state/check-restored.ts';
export { changesSince, type TargetState } from './state/target-state.ts';
