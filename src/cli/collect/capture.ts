import { loadConfig } from '../../config/index.ts';
import { RegressError } from '../../model/errors.ts';
import type { SeenStatement } from '../../model/sql/seen-statement.ts';
import type { PlanningOptions } from '../../planning/index.ts';
import { loadScanner, splitStatements } from '../../sql/index.ts';
import { type Candidate, gatherQueries } from '../../suite/index.ts';
import { runCommand } from '../../target/index.ts';
import { tryStatement } from '../../workload/index.ts';
import type { Context, GlobalOptions } from '../terminal/context.ts';
import { type CaptureDatabase, withCaptureDatabase, within } from './capture-database.ts';
import { openKnown, sortCandidates } from './found-queries.ts';
import { report, writeQueries } from './found-report.ts';

interface CaptureOptions extends PlanningOptions {
  readonly out?: string;
  readonly matching?: RegExp;
  readonly catalogs?: boolean;
}

const HEADING = [
  'Queries that tests sent, added by regress capture. Edit them as you like: it adds what is new behind them and changes none.',
  "Parameters have no values here, for a test's mean nothing in production: each is planned as its generic plan. Add cases, by hand or cases: auto, where values differ for the planner.",
];

/**
 * `regress capture`: runs a command on a database with the schema of the branch, and adds to a suite the queries it sent
 * that no suite has. Resolves to the exit status; throws RegressError `target` where the command fails.
 */
export async function capture(
  command: readonly string[],
  options: CaptureOptions,
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  const config = await loadConfig(globals.config, context.env, globals.project);
  await loadScanner();
  const known = await openKnown(config, options.out, 'captured.yaml');
  return withCaptureDatabase(config, options, context, async (database) => {
    const seen = await statementsOf(command, database);
    const { catalogs = false, matching } = options;
    const { candidates, leftOut } = gatherQueries(seen, { catalogs, matching, tests: true });
    const ordered = [...candidates].sort((a, b) => (order(a) < order(b) ? -1 : 1));
    const sorted = await within(database.schemaUrl, (connection) =>
      sortCandidates(ordered, known, {
        top: Number.POSITIVE_INFINITY,
        attempt: (statement) => tryStatement(connection, statement, { searchPath: null }),
        withStats: false,
        context,
      }),
    );
    await writeQueries(known.path, sorted.added, HEADING);
    report(sorted, leftOut, known.path, config, context);
    return 0;
  });
}

/** By table, then by what is done to it, so that one run's suite is another's, whatever the order of the tests. */
function order({ shape: { relations, verb, digest } }: Candidate): string {
  return [relations[0] ?? '', verb, digest].join('\0');
}

async function statementsOf(command: readonly string[], database: CaptureDatabase): Promise<SeenStatement[]> {
  const { status, detail } = await runCommand(database.url, command, { folder: process.cwd() });
  if (status !== 0) {
    throw new RegressError('target', `the command failed: ${command.join(' ')}`, {
      detail: `${detail} Nothing was written.`,
      hint: 'Its output is above.',
    });
  }
  const seen = await database.statements();
  if (seen.length === 0) {
    throw new RegressError('target', 'the command sent nothing to the database', {
      detail: 'It finds the database by DATABASE_URL, or by PGHOST, PGPORT, PGUSER and PGDATABASE.',
      hint: 'See that the configuration of the tests takes one of them: regress capture -- sh -c \'echo "$DATABASE_URL"\'',
    });
  }
  return seen.flatMap(({ text, ...numbers }) => splitStatements(text).map((part) => ({ text: part, ...numbers })));
}
