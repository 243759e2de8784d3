/** The objects of a database, and how they match those of a snapshot. */
export { driftOf } from './drift.ts';
export { isOfType, statisticsObjectMismatch } from './match.ts';
export { hasSameDefinition, matchIndexes } from './match-indexes.ts';
export { describeRelation, displayName, namesIn, slotName } from './names.ts';
export { OBJECT_NAMES_SQL, readObjectNames } from './object-names.ts';
export {
  readCatalog,
  readRelations,
  type TargetCatalog,
  type TargetIndex,
  type TargetRelation,
  type TargetStatisticsObject,
} from './read.ts';
export { IN_USER_SCHEMA, SYSTEM_CATALOG, USER_RELATION } from './scope.ts';
