import { RegressError } from '../model/errors.ts';
import { type Connection, quoteLiteral } from '../postgres/index.ts';

/** Ends a plan that a planner cannot finish: a join of dozens of tables with the join limits raised. */
const PLANNING_TIMEOUT = '60s';

/** EXPLAIN locks the tables of a query as running it would; a migration that holds one must not hold us for ever. */
const LOCK_TIMEOUT = '10s';

/** The settings of a query's transaction: ours, then the query's own, which win. */
function beginStatements(now: string | null, settings: Readonly<Record<string, string>>): string {
  const ours = [
    'BEGIN READ ONLY',
    'SET LOCAL jit = off',
    `SET LOCAL statement_timeout = ${quoteLiteral(PLANNING_TIMEOUT)}`,
    `SET LOCAL lock_timeout = ${quoteLiteral(LOCK_TIMEOUT)}`,
    ...(now === null ? [] : [`SET LOCAL regress_planner.now = ${quoteLiteral(now)}`]),
  ];
  // set_config takes a value as postgresql.conf would, where SET takes a list such as search_path's as one name.
  const own = Object.entries(settings).map(
    ([name, value]) => `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
  );
  // A literal sent afterwards must end where the suite's lexer saw it end.
  return [...ours, ...own, 'SET LOCAL standard_conforming_strings = on'].join(';\n');
}

/**
 * Runs `body` in a transaction of its own that is read only, has these settings and is always rolled back; afterwards
 * the connection is as before. What the server says of a statement passes through as DatabaseError; a connection that
 * is lost becomes RegressError `connection`.
 */
export async function inReadOnlyTransaction<T>(
  connection: Connection,
  options: {
    readonly now: string | null;
    readonly settings: Readonly<Record<string, string>>;
    readonly cleanup: string[];
  },
  body: () => Promise<T>,
): Promise<T> {
  const outcome = await connection
    .run(beginStatements(options.now, options.settings))
    .then(body)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
  try {
    await connection.run(['ROLLBACK', ...options.cleanup].join('; '));
  } catch (error) {
    throw lostConnection(connection, 'error' in outcome ? outcome.error : error);
  }
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

function lostConnection(connection: Connection, cause: unknown): RegressError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RegressError('connection', `lost the connection to ${connection.url}`, { detail: `${reason}.`, cause });
}
