import { RegressError } from '../model/errors.ts';
import type { Connection } from '../postgres/index.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * A text ends where the suite's lexer saw it end, whatever the database, a role or a suite says: these decide how the server
 * reads what it is sent. Constant, and sent before anything else.
 */
export const BEGIN_SQL = `BEGIN READ ONLY;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL standard_conforming_strings = on;
SET LOCAL statement_timeout = '5s';
SET LOCAL lock_timeout = '2s'`;

/** The same and what else no suite decides, set after everything that is not ours. */
const OURS: Settings = {
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  transaction_read_only: 'on',
};

/** Milliseconds that end a plan a planner cannot finish: a join of dozens of tables with the join limits raised. */
const PLANNING_TIMEOUT = 60_000;

/** EXPLAIN locks the tables of a query as running it would; a migration that holds one must not hold us for ever. */
const TARGET_LIMITS: Settings = { lock_timeout: '10s' };

/**
 * On production a plan that waits for a lock, or takes long, is given up sooner. A planner at work on a join of dozens of
 * tables takes hundreds of megabytes a second, which nothing but time limits.
 */
const SOURCE_LIMITS: Settings = {
  application_name: 'regress plans',
  // What a query locks is let go within two seconds.
  statement_timeout: '1800ms',
  lock_timeout: '1s',
  idle_in_transaction_session_timeout: '30s',
};

/** The first major that ends a transaction by the time it takes. */
const TRANSACTION_TIMEOUT_MAJOR = 17;

/** The limits of planning on production. */
export function sourceLimits(major: number): Settings {
  return { ...SOURCE_LIMITS, ...(major >= TRANSACTION_TIMEOUT_MAJOR && { transaction_timeout: '30s' }) };
}

/** The limits of planning on a target, of its own timeout in milliseconds where one is wanted. */
export function targetLimits(timeout = PLANNING_TIMEOUT): Settings {
  return { ...TARGET_LIMITS, statement_timeout: `${timeout}ms` };
}

/** How a query's transaction is set up. */
export interface PlanningTransaction {
  readonly limits: Settings;
  /** Those of the extension, which no suite sets. */
  readonly planner: Settings;
  readonly role: string | null;
  /** Those of the role that plans, then those of the query, which win. */
  readonly settings: readonly Settings[];
  /** Looks at the session before anything but BEGIN_SQL is set. */
  readonly before?: (() => Promise<void>) | undefined;
  /** Statements that undo what outlives the transaction, filled while the body runs. */
  readonly cleanup: string[];
}

/** Values are bound, so that no text of a suite is read as SQL; set_config takes a list such as search_path's as it is written. */
export const SET_SQL = `
SELECT pg_catalog.set_config(wanted.name, wanted.value, true)
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (name, value)`;

/** In this order: the last of one name holds, and the role comes when all else is set. */
function settingsOf({ limits, planner, role, settings }: PlanningTransaction): [name: string, value: string][] {
  const given = settings.flatMap((each) => Object.entries(each));
  const as: [string, string][] = role === null ? [] : [['role', role]];
  return [['jit', 'off'], ...given, ...Object.entries({ ...OURS, ...limits, ...planner }), ...as];
}

/**
 * Runs `body` in a transaction of its own that is read only, has these settings and is always rolled back; afterwards
 * the connection is as before. What the server says of a statement passes through as DatabaseError; a connection that
 * is lost becomes RegressError `connection`.
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
  // Inside the transaction where it still can be, and else in one message with its end: a pooler keeps the session so long.
  const undo = transaction.cleanup;
  const end = 'value' in outcome ? [...undo, 'ROLLBACK'] : ['ROLLBACK', ...undo];
  try {
    await connection.run(end.join('; '));
  } catch (error) {
    // The first to meet a lost connection says why.
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
