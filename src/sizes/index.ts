/** Sizes of indexes and tables that do not exist yet, from statistics and PostgreSQL's page layout. Pure. */
export { type BrinColumn, brinSize } from './brin.ts';
export { btreeSize } from './btree.ts';
export { type GinKeys, ginSize } from './gin.ts';
export { hashPages } from './hash.ts';
export { tablePages } from './heap.ts';
export { storageParameter } from './page.ts';
export { plainPages } from './plain.ts';
export { typeWidth, type WidthShare } from './tuple-sizes.ts';
export { analyzedFrom, distinctOf, drawnFrom, UNIQUE, type ValueClass } from './value-classes.ts';
