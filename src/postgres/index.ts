/** Connections. The only folder that imports `pg`; what is said over a connection lives with the stage that says it. */
export { DatabaseError } from './client.ts';
export { type Connection, connect } from './connection.ts';
export { answerWait } from './limits.ts';
export { explainLosses, isOverdue } from './lost-connection.ts';
export { clientEnvironment, connectionUser } from './parameters.ts';
export { plainName, quoteIdent, quoteLiteral, quoteQualified } from './quoting.ts';
export { askingForPlan, isTrouble } from './server-trouble.ts';
export { hasSecret, passwordOf, withDatabase } from './url.ts';
export { VALUE_TEXT_SETTINGS_SQL } from './value-text.ts';
export { SERVER_VERSION_SQL, type ServerVersion, serversMet, serverVersion } from './version.ts';
