/**
 * Predicts what production would have with the branch's schema: names, tables, indexes and their sizes. Writes nothing.
 */
export { type EstimatedIndex, predictIndexes } from './indexes/estimates.ts';
export { type MappedSnapshot, mapPlanNode, mapSnapshot, type TargetSnapshot } from './names/map-snapshot.ts';
export { mapSearchPath } from './names/search-path.ts';
export { forTarget } from './names/target-names.ts';
export type { PredictedTable, SizedTable } from './prediction.ts';
export { expectedTables } from './tables/expected-tables.ts';
export { convertStatistics, isSameFamily } from './tables/retyped.ts';
export { predictPartitions } from './tables/unborn-partitions.ts';
