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
  'Queries that tests sent, added by regress capture. You may edit them: capture only appends new queries.',
  "Parameters have no values, because those of tests say nothing about production; queries get their generic plan. Where a query's plan depends on its values, add cases by hand or cases: auto.",
];

/**
 * `regress capture`: runs a command on a database with the branch's schema, and adds the queries it sent to a suite, if no
 * suite has them. Resolves to the exit status. Throws RegressError `target` if the command fails.
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
    const ordered = [...candidates].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
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

/** Sort key: table, then verb. It keeps the suite the same whatever the order of the tests. */
function sortKey({ shape: { relations, verb, digest } }: Candidate): string {
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
    throw new RegressError('target', 'the command sent no statements to the database', {
      detail: 'The command gets the database in DATABASE_URL, and in PGHOST, PGPORT, PGUSER and PGDATABASE.',
      hint: 'Check that the tests use one of them; to see the URL: npx regress-pg capture -- sh -c \'echo "$DATABASE_URL"\'',
    });
  }
  return seen.flatMap(({ text, ...numbers }) => splitStatements(text).map((part) => ({ text: part, ...numbers })));
}
