import { RegressError } from '../model/errors.ts';
import type { Connection } from '../postgres/index.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * Settings that decide how the server reads what it is sent. With these, a text ends where the suite's lexer saw it
 * end, whatever the database, a role or a suite sets. Constant, and sent before anything else.
 */
export const BEGIN_SQL = `BEGIN READ ONLY;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SET LOCAL statement_timeout = '5s';
SET LOCAL lock_timeout = '2s'`;

/** The same settings and others that no suite may change, set after all settings from elsewhere. */
const OURS: Settings = {
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  transaction_read_only: 'on',
};

/** Milliseconds. Ends plans that would take forever, such as a join of dozens of tables with raised join limits. */
const PLANNING_TIMEOUT = 60_000;

/** EXPLAIN takes the same table locks as the query; a migration that holds one must not block us forever. */
const TARGET_LIMITS: Settings = { lock_timeout: '10s' };

/**
 * Stricter on production, for locks and for time: planning a join of dozens of tables can take hundreds of megabytes a
 * second, and only a time limit stops it.
 */
const SOURCE_LIMITS: Settings = {
  application_name: 'regress plans',
  // Releases the query's locks within two seconds.
  statement_timeout: '1800ms',
  lock_timeout: '1s',
  idle_in_transaction_session_timeout: '30s',
};

/** The first major with transaction_timeout. */
const TRANSACTION_TIMEOUT_MAJOR = 17;

/** The limits of planning on production. */
export function sourceLimits(major: number): Settings {
  return { ...SOURCE_LIMITS, ...(major >= TRANSACTION_TIMEOUT_MAJOR && { transaction_timeout: '30s' }) };
}

/** The limits of planning on a target; `timeout` in milliseconds. */
export function targetLimits(timeout = PLANNING_TIMEOUT): Settings {
  return { ...TARGET_LIMITS, statement_timeout: `${timeout}ms` };
}

/** The settings of a query's transaction. */
export interface PlanningTransaction {
  readonly limits: Settings;
  /** The extension's settings, which no suite sets. */
  readonly planner: Settings;
  readonly role: string | null;
  /** The role's settings, then the query's, which override them. */
  readonly settings: readonly Settings[];
  /** Inspects the session when only BEGIN_SQL has been sent. */
  readonly before?: (() => Promise<void>) | undefined;
  /** Statements that undo what outlives the transaction. Filled while the body runs. */
  readonly cleanup: string[];
}

/**
 * Values are bound, so that a suite's text is never read as SQL. set_config takes a list, such as that of search_path,
 * as written.
 */
export const SET_SQL = `
SELECT pg_catalog.set_config(wanted.name, wanted.value, true)
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (name, value)`;

/** Ordered: the last value of a name applies, and the role is set after everything else. */
function settingsOf({ limits, planner, role, settings }: PlanningTransaction): [name: string, value: string][] {
  const given = settings.flatMap((each) => Object.entries(each));
  const as: [string, string][] = role === null ? [] : [['role', role]];
  return [['jit', 'off'], ...given, ...Object.entries({ ...OURS, ...limits, ...planner }), ...as];
}

/**
 * Runs `body` in a read-only transaction with these settings and always rolls it back, so that the connection ends up
 * as before. An error of a statement passes through as DatabaseError; a lost connection becomes RegressError
 * `connection`.
 */
export async function inReadOnlyTransaction<T>(
  connection: Connection,
  transaction: PlanningTransaction,
  body: () => Promise<T>,
): Promise<T> {
  const outcome = await connection
    .run(BEGIN_SQL)
    .then(() => transaction.before?.())
    .then(() => {
      const wanted = settingsOf(transaction);
      return connection.query(SET_SQL, [wanted.map(([name]) => name), wanted.map(([, value]) => value)]);
    })
    .then(body)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  // One message, so that a pooler cannot hand the session on in between. A failed transaction is rolled back first.
  const undo = transaction.cleanup;
  const end = 'value' in outcome ? [...undo, 'ROLLBACK'] : ['ROLLBACK', ...undo];
  try {
    await connection.run(end.join('; '));
  } catch (error) {
    // The first error of a lost connection says why.
    if ('error' in outcome && outcome.error instanceof RegressError) throw outcome.error;
    throw error instanceof RegressError ? error : lostConnection(connection, error);
  }
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

function lostConnection(connection: Connection, cause: unknown): RegressError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RegressError('connection', `lost the connection to ${connection.url}`, { detail: `${reason}.`, cause });
}
