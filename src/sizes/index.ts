/** Sizes of indexes and tables that do not exist yet, from statistics and PostgreSQL's page layout. Pure. */
export { type BtreeSize, btreeSize, type SizedColumn } from './btree.ts';
export { storageParameter } from './page.ts';
export { typeWidth, type WidthShare } from './tuple-sizes.ts';
export { distinctOf, drawnFrom, UNIQUE, type ValueClass } from './value-classes.ts';
