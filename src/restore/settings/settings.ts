import { isSnapshotSetting } from '../../environment/index.ts';
import type { StrangeSetting } from '../../model/snapshot.ts';
import { parseGucList } from '../../model/text/guc-list.ts';
import type { Connection } from '../../postgres/index.ts';
import { attempt, quoteIdent, quoteLiteral } from '../../postgres/index.ts';
import type { TargetIdentity } from '../identity.ts';
import type { Journal, SkippedSetting } from '../journal.ts';
import { withPlannerLibrary } from './planner-library.ts';

/** Settings whose list must be sent item by item (GUC_LIST_QUOTE, src/backend/utils/misc/guc_tables.c). */
const QUOTED_LISTS = ['search_path', 'temp_tablespaces'];

/** Of a manifest that was changed by hand, or for a purpose. */
const NOT_READ = 'the manifest has it, and no snapshot reads it';

/** A setting of a file that opening it left out. */
export function skipStrange({ name, value, role, file }: StrangeSetting): SkippedSetting {
  return { name, value, reason: `${file} has it${role === null ? '' : ` of role ${role}`}, and no snapshot reads it` };
}

/** One setting under both of its names: 16 renamed it. */
const RENAMED: Readonly<Record<string, string>> = {
  force_parallel_mode: 'debug_parallel_query',
  debug_parallel_query: 'force_parallel_mode',
};

const KNOWN_SETTINGS_SQL = `
SELECT s.name, s.context, s.setting, s.source FROM pg_catalog.pg_settings s
WHERE s.name = ANY ($1) ORDER BY s.name`;

interface KnownSetting {
  readonly name: string;
  readonly context: string;
  readonly setting: string;
}

interface WantedSetting {
  readonly name: string;
  readonly value: string;
}

/**
 * Sets production's planner settings on the database, or on the role in this database where the role does not own it,
 * and resets those that an earlier restore had set and this one does not. With `keep`, what the database has of its own stays. Returns the names set.
 */
export async function writeSettings(
  connection: Connection,
  settings: Readonly<Record<string, string>>,
  earlier: readonly string[],
  journal: Journal,
  { keep, identity }: { readonly keep: boolean; readonly identity: TargetIdentity },
): Promise<string[]> {
  const database = quoteIdent(identity.database);
  const holder = identity.ownsDatabase ? `DATABASE ${database}` : `ROLE CURRENT_USER IN DATABASE ${database}`;
  const settable = await settableSettings(connection, settings, journal);
  const wanted = keep ? await withoutOwn(connection, settable, earlier, journal) : settable;
  const set = ({ name, value }: WantedSetting) => `ALTER ${holder} SET ${settingSql(name, value)}`;
  const stale = earlier.filter((name) => !wanted.some((each) => each.name === name));
  for (const name of stale) {
    await attempt(connection, () => connection.query(`ALTER ${holder} RESET ${settingName(name)}`));
  }
  const done: string[] = [];
  // Each by the extended protocol, which takes a single statement, whatever a value holds.
  const all = await attempt(connection, async () => {
    for (const each of wanted) await connection.query(set(each));
  });
  for (const each of wanted) {
    const refusal = all === null ? null : await attempt(connection, () => connection.query(set(each)));
    if (refusal === null) done.push(each.name);
    else journal.skippedSettings.push({ ...each, reason: refusal.message });
  }
  journal.counts.settings = done.length;
  return done;
}

const OWN_SETTINGS_SQL = `
SELECT pg_catalog.split_part(config.item, '=', 1) AS name,
  pg_catalog.substr(config.item, pg_catalog.strpos(config.item, '=') + 1) AS value
FROM pg_catalog.pg_db_role_setting s
JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS config(item)
WHERE s.setrole = 0
ORDER BY 1`;

/** Those the database has not got from anybody but an earlier restore. */
async function withoutOwn(
  connection: Connection,
  wanted: readonly WantedSetting[],
  earlier: readonly string[],
  journal: Journal,
): Promise<WantedSetting[]> {
  const rows = await connection.query<{ name: string; value: string }>(OWN_SETTINGS_SQL);
  const own = new Map(rows.filter(({ name }) => !earlier.includes(name)).map(({ name, value }) => [name, value]));
  for (const { name, value } of wanted.filter((each) => own.has(each.name))) {
    journal.skippedSettings.push({ name, value, reason: `the schema sets it to ${own.get(name)}` });
  }
  return wanted.filter(({ name }) => !own.has(name));
}

/** Those a database can have; one that it cannot have is noted where its value here is another one. */
async function settableSettings(
  connection: Connection,
  settings: Readonly<Record<string, string>>,
  journal: Journal,
): Promise<WantedSetting[]> {
  const names = Object.keys(settings).flatMap((name) => [name, RENAMED[name] ?? name]);
  const rows = await connection.query<KnownSetting>(KNOWN_SETTINGS_SQL, [names]);
  const known = new Map(rows.map((row) => [row.name, row]));
  const wanted: WantedSetting[] = [];
  for (const [name, value] of Object.entries(settings)) {
    const here = known.get(name) ?? known.get(RENAMED[name] ?? name);
    const obstacle = obstacleTo(name, value, here);
    if (obstacle === null) wanted.push({ name: here?.name ?? name, value });
    else if (obstacle !== '') journal.skippedSettings.push({ name, value, reason: obstacle });
  }
  return wanted;
}

/** Why a setting cannot be set on a database; empty where that makes no difference; null where it can be set. */
function obstacleTo(name: string, value: string, here: KnownSetting | undefined): string | null {
  if (!isSnapshotSetting(name)) return NOT_READ;
  // A setting of a library that is loaded later, such as pg_trgm.similarity_threshold.
  if (here === undefined) return name.includes('.') ? null : 'the server has no such setting';
  if (['user', 'superuser', 'backend', 'superuser-backend'].includes(here.context)) return null;
  return here.setting === value
    ? ''
    : `it can only be set for the whole server, where it is ${here.setting || 'empty'}`;
}

/** The right side of ALTER DATABASE … SET, with each item of a list as a literal of its own. */
export function settingSql(name: string, value: string): string {
  const items = QUOTED_LISTS.includes(name) ? parseGucList(value, { foldCase: true }) : [value];
  return `${settingName(name)} = ${(items.length > 0 ? items : ['']).map(quoteLiteral).join(', ')}`;
}

/** `work_mem` or `pg_trgm.similarity_threshold`, each part an identifier. */
function settingName(name: string): string {
  return name.split('.').map(quoteIdent).join('.');
}

/** The database's own value wins over the server's; a role's or the session's is not the database's to keep. */
const PRELOAD_SQL = `
SELECT COALESCE(
  (SELECT pg_catalog.substr(config.item, pg_catalog.length('session_preload_libraries=') + 1)
   FROM pg_catalog.pg_db_role_setting s
   JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase AND d.datname = pg_catalog.current_database()
   CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS config(item)
   WHERE s.setrole = 0 AND config.item LIKE 'session\\_preload\\_libraries=%'),
  (SELECT s.reset_val FROM pg_catalog.pg_settings s
   WHERE s.name = 'session_preload_libraries'
     AND s.source IN ('default', 'command line', 'environment variable', 'configuration file', 'global')),
  (SELECT f.setting FROM pg_catalog.pg_file_settings f
   WHERE f.name = 'session_preload_libraries' AND f.applied ORDER BY f.seqno DESC LIMIT 1),
  '') AS libraries`;

/** Makes every later session of the database load the library, after those it loads anyway. */
export async function preloadLibrary(connection: Connection, library: string): Promise<void> {
  const [row] = await connection.query<{ libraries: string }>(PRELOAD_SQL);
  const libraries = withPlannerLibrary(parseGucList(row?.libraries ?? '', { foldCase: false }), library);
  const list = libraries.map(quoteLiteral).join(', ');
  await connection.query(`ALTER DATABASE ${await currentDatabase(connection)} SET session_preload_libraries = ${list}`);
}

async function currentDatabase(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ name: string }>('SELECT pg_catalog.current_database() AS name');
  return quoteIdent(row?.name ?? '');
}
