/** Statements that servers were sent: read from pg_stat_statements, and tried for whether they can be planned. */
export { executedBetween } from './difference.ts';
export { readStatStatements } from './stat-statements.ts';
export { logStatements, readLog } from './statement-log.ts';
export { tryStatement } from './try-statement.ts';
