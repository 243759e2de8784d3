/**
 * The server, its database and the planner's settings: the things besides relations that plans depend on. They are read
 * in the same way from the source and from the target. Nothing here writes.
 */
export { type TargetEnvironment, unmetConditions } from './conditions.ts';
export { localeCandidates, type ServerLocale } from './locale.ts';
export { plannerLibraries } from './planner-libraries.ts';
export { effectiveSettings } from './role-settings.ts';
export { ROLES_SQL, readRoles } from './roles.ts';
export {
  COLLATIONS_SQL,
  EXTENSIONS_SQL,
  PRELOAD_SQL,
  readServer,
  type ServerFacts,
  SYSTEM_IDENTIFIER_SQL,
  serverSql,
  TABLESPACES_SQL,
} from './server.ts';
export { checkSettingName, isSnapshotSetting } from './settable-settings.ts';
export { differingSettings, ROLE_SETTINGS_SQL, readRoleSettings, readSettings, settingsSql } from './settings.ts';
export { type MajorSql, majorSql, NEWEST_MAJOR, OLDEST_MAJOR } from './sql-by-major.ts';
