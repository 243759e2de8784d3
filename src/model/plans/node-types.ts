import { nearest } from '../text/nearest.ts';

/** Every "Node Type" of EXPLAIN (FORMAT JSON) (ExplainNode in explain.c, PostgreSQL 14 to 19). */
export const NODE_TYPES = [
  'Aggregate',
  'Append',
  'Bitmap Heap Scan',
  'Bitmap Index Scan',
  'BitmapAnd',
  'BitmapOr',
  'CTE Scan',
  'Custom Scan',
  'Foreign Scan',
  'Function Scan',
  'Gather',
  'Gather Merge',
  'Group',
  'Hash',
  'Hash Join',
  'Incremental Sort',
  'Index Only Scan',
  'Index Scan',
  'Limit',
  'LockRows',
  'Materialize',
  'Memoize',
  'Merge Append',
  'Merge Join',
  'ModifyTable',
  'Named Tuplestore Scan',
  'Nested Loop',
  'ProjectSet',
  'Recursive Union',
  'Result',
  'Sample Scan',
  'Seq Scan',
  'SetOp',
  'Sort',
  'Subquery Scan',
  'Table Function Scan',
  'Tid Range Scan',
  'Tid Scan',
  'Unique',
  'Values Scan',
  'WindowAgg',
  'WorkTable Scan',
] as const;

/** The node type most likely meant by another word, such as the `HashAggregate` of EXPLAIN's text format; or null. */
export function nearestNodeType(written: string): string | null {
  const within = NODE_TYPES.filter((type) => written.endsWith(type)).sort((a, b) => b.length - a.length);
  return nearest(written, NODE_TYPES) ?? within[0] ?? null;
}
