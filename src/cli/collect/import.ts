import { onExit } from '../../cleanup/index.ts';
import { loadConfig, requireSource } from '../../config/index.ts';
import { effectiveSettings, readRoleSettings } from '../../environment/index.ts';
import { type Connection, serverVersion } from '../../postgres/index.ts';
import { loadScanner } from '../../sql/index.ts';
import { type Candidate, gatherQueries } from '../../suite/index.ts';
import { readStatStatements, tryStatement } from '../../workload/index.ts';
import { connectToSource } from '../connect-source.ts';
import type { Context, GlobalOptions } from '../terminal/context.ts';
import { openKnown, sortCandidates } from './found-queries.ts';
import { report, warnOfHidden, writeQueries } from './found-report.ts';

interface ImportOptions {
  readonly source?: string;
  readonly out?: string;
  readonly top: number;
  readonly by: 'total_exec_time' | 'calls' | 'mean_exec_time';
  readonly matching?: RegExp;
  readonly minCalls: number;
  readonly catalogs?: boolean;
}

const HEADING = [
  'Queries of production, added by regress import. You may edit them: import only appends new queries.',
  "Parameters have no values, so queries get their generic plan. Where a query's plan depends on its values, add cases by hand or cases: auto.",
];

/** `regress import`: adds queries from the source's pg_stat_statements to a suite, if no suite has them. Resolves to the exit status. */
export async function importQueries(options: ImportOptions, globals: GlobalOptions, context: Context): Promise<number> {
  const config = await loadConfig(globals.config, context.env, globals.project);
  const url = requireSource(options.source || config.source.url || context.env.REGRESS_SOURCE_URL || null, 'import');
  await loadScanner();
  const known = await openKnown(config, options.out, 'imported.yaml');
  const connection = await connectToSource(url, context);
  const close = onExit(connection.close);
  try {
    await serverVersion(connection);
    const { statements, hidden, reader } = await readStatStatements(connection);
    if (hidden > 0) warnOfHidden(hidden, reader, context);
    const { catalogs = false, matching, minCalls, by, top } = options;
    const { candidates, leftOut } = gatherQueries(statements, { catalogs, matching, tests: false });
    const ranked = candidates.filter(({ calls }) => calls >= minCalls).sort(ranking(by));
    const searchPath = await applicationPath(connection, config.target.role, reader);
    const sorted = await sortCandidates(ranked, known, {
      top,
      attempt: (statement) => tryStatement(connection, statement, { searchPath }),
      withStats: true,
      context,
    });
    await writeQueries(known.path, sorted.added, HEADING);
    report(sorted, leftOut, known.path, config, context);
    return 0;
  } finally {
    await close();
  }
}

function ranking(by: ImportOptions['by']): (a: Candidate, b: Candidate) => number {
  const measure = ({ calls, totalExecTime }: Candidate) => {
    if (by === 'calls') return calls;
    return by === 'total_exec_time' ? (totalExecTime ?? 0) : (totalExecTime ?? 0) / calls;
  };
  return (a, b) => measure(b) - measure(a) || (a.shape.digest < b.shape.digest ? -1 : 1);
}

/** The search_path of the application's role in production; null to use the reader's own. */
async function applicationPath(connection: Connection, role: string | null, reader: string): Promise<string | null> {
  if (role === null || role === reader) return null;
  const role_settings = await readRoleSettings(connection, ['search_path']);
  return effectiveSettings({ settings: {}, role_settings, role: reader }, role).settings.search_path ?? null;
}
