/** Reads the statements that a server was sent, from pg_stat_statements or a log, and tries whether PostgreSQL parses them. */
export { executedBetween } from './executed-between.ts';
export { readStatStatements } from './stat-statements.ts';
export { logStatements, readLog } from './statement-log.ts';
export { tryStatement } from './try-statement.ts';
