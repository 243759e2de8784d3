/** What production would have with the schema of the branch: names, tables, indexes and their sizes. */
export { estimateUnknown } from './indexes/estimates.ts';
export type { Estimates } from './indexes/index-estimate.ts';
export { mapPlanNode, mapSnapshot } from './names/map-snapshot.ts';
export { mapSearchPath } from './names/search-path.ts';
export { ontoTarget } from './names/target-names.ts';
export { brinSize } from './sizes/brin.ts';
export { btreeSize } from './sizes/btree.ts';
export { ginSize } from './sizes/gin.ts';
export { hashPages } from './sizes/hash.ts';
export { tablePages } from './sizes/heap.ts';
export { plainPages } from './sizes/plain.ts';
export { typeWidth } from './sizes/tuple-sizes.ts';
export { analyzedFrom, drawnFrom, UNIQUE, type ValueClass } from './sizes/value-classes.ts';
export { expectTables } from './tables/expected-tables.ts';
export { isConvertible, retypedStatistics } from './tables/retyped.ts';
export { borrowForPartitions } from './tables/unborn-partitions.ts';
