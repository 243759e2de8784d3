import { RegressError } from '../model/errors.ts';
import { type Connection, quoteIdent, quoteLiteral } from '../postgres/index.ts';

/** Ends a plan that a planner cannot finish: a join of dozens of tables with the join limits raised. */
const PLANNING_TIMEOUT = '60s';

/** EXPLAIN locks the tables of a query as running it would; a migration that holds one must not hold us for ever. */
const LOCK_TIMEOUT = '10s';

/** On production a plan that waits for a lock, or takes long, is given up sooner. */
export const SOURCE_LIMITS = [
  `SET LOCAL application_name = 'regress verify'`,
  `SET LOCAL statement_timeout = '30s'`,
  `SET LOCAL lock_timeout = '2s'`,
  `SET LOCAL idle_in_transaction_session_timeout = '60s'`,
];

/**
 * Statements that set settings for the transaction, and those that set them back to what the session started with.
 * set_config takes a value as postgresql.conf would, where SET takes a list such as search_path's as one name.
 */
export function settingStatements(settings: Readonly<Record<string, string>>) {
  const entries = Object.entries(settings);
  return {
    set: entries.map(
      ([name, value]) => `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
    ),
    reset: entries.map(([name]) => `SET LOCAL ${name.split('.').map(quoteIdent).join('.')} TO DEFAULT`),
  };
}

/** How a query's transaction is set up. */
interface PlanningTransaction {
  /** Statements that win over the usual limits. */
  readonly limits: readonly string[];
  readonly now: string | null;
  readonly role: string | null;
  readonly settings: Readonly<Record<string, string>>;
  /** Statements that undo what outlives the transaction, filled while the body runs. */
  readonly cleanup: string[];
}

/** The settings of a query's transaction: ours, then the query's own, which win. */
function beginStatements({ limits, now, role, settings }: PlanningTransaction): string {
  const ours = [
    'BEGIN READ ONLY',
    'SET LOCAL jit = off',
    `SET LOCAL statement_timeout = ${quoteLiteral(PLANNING_TIMEOUT)}`,
    `SET LOCAL lock_timeout = ${quoteLiteral(LOCK_TIMEOUT)}`,
    ...limits,
    ...(now === null ? [] : [`SET LOCAL regress_planner.now = ${quoteLiteral(now)}`]),
  ];
  const own = settingStatements(settings).set;
  // A literal sent afterwards must end where the suite's lexer saw it end.
  const last = [
    'SET LOCAL standard_conforming_strings = on',
    ...(role === null ? [] : [`SET LOCAL ROLE ${quoteIdent(role)}`]),
  ];
  return [...ours, ...own, ...last].join(';\n');
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
    .run(beginStatements(transaction))
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
