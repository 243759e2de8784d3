/** Putting a snapshot into a database that has the schema. Which database may be written is decided elsewhere. */
export { EXTENSION_VERSION, type ExtensionSource } from './extension.ts';
export { checkPrepared } from './prepared.ts';
export { rangeEndsSupported } from './range-ends.ts';
export type { RestoreReport } from './report.ts';
export { type RestoreOptions, restoreSnapshot } from './restore.ts';
export { changesSince, type TargetState } from './target-state.ts';
export { overwrittenRelations, restoredDigest, verifyPlanner } from './verify.ts';
