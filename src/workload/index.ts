/** Statements that servers were sent: read from pg_stat_statements, and tried for whether they can be planned. */
export { readStatStatements } from './stat-statements.ts';
export { tryStatement } from './try-statement.ts';
