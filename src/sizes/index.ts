/** Sizes of indexes and tables that do not exist yet, from statistics and PostgreSQL's page layout. Pure. */
export { type Btree, type BtreeColumn, type BtreeSize, btreeSize } from './btree.ts';
export { storageParameter } from './page.ts';
export { type StoredColumn, typeWidth, type WidthShare } from './tuple-sizes.ts';
export { classesOf, distinctOf, drawnFrom, type ValueClass } from './value-classes.ts';
