/** Production's schemas under the names CI has them by: a snapshot in, a snapshot out. */
export { mapSnapshot } from './map-snapshot.ts';
export { ontoTarget } from './target-names.ts';
