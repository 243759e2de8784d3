/** What production would have with the schema of the branch: names, tables, indexes and their sizes. Nothing here writes. */
export { type EstimatedIndex, predictIndexes } from './indexes/estimates.ts';
export { type MappedSnapshot, mapPlanNode, mapSnapshot, type TargetSnapshot } from './names/map-snapshot.ts';
export { mapSearchPath } from './names/search-path.ts';
export { ontoTarget } from './names/target-names.ts';
export type { PredictedTable, SizedTable } from './prediction.ts';
export { expectedTables } from './tables/expected-tables.ts';
export { isConvertible, retypedStatistics } from './tables/retyped.ts';
export { predictPartitions } from './tables/unborn-partitions.ts';
