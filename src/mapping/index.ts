/** Production's schemas under the names CI has them by: a snapshot in, a snapshot out. */
export { mapPlanNode, mapSnapshot } from './map-snapshot.ts';
export { mapSearchPath } from './search-path.ts';
export { ontoTarget } from './target-names.ts';
