/** Connections to PostgreSQL. The only folder that imports `pg`; each stage keeps the SQL that it sends. */
export { plainName, quoteIdent, quoteLiteral, quoteQualified } from './quoting.ts';
export { batches, inBatches } from './rows.ts';
export { attempt, probe } from './savepoint.ts';
export { DatabaseError } from './session/client.ts';
export { type Connection, connect } from './session/connection.ts';
export { answerWait } from './session/limits.ts';
export { explainLosses, isOverdue } from './session/lost-connection.ts';
export { clientEnvironment, connectionUser } from './session/parameters.ts';
export { askingForPlan, isTrouble } from './session/server-trouble.ts';
export { hasSecret, passwordOf, withDatabase } from './session/url.ts';
export { VALUE_TEXT_SETTINGS_SQL } from './value-text.ts';
export { SERVER_VERSION_SQL, type ServerVersion, serversMet, serverVersion } from './version.ts';
