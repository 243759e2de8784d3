/** `cases: auto`: values for parameters from the snapshot's statistics. Pure. */
export { autoCases } from './auto-cases.ts';
export { type ColumnValues, columnValues } from './column-values.ts';
