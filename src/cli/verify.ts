import { onExit } from '../cleanup/index.ts';
import { loadConfig, requireSource } from '../config/index.ts';
import { type VerifyOptions, verifyPlans } from '../judging/index.ts';
import type { VerifySummary } from '../model/plans/verification.ts';
import { openRunSnapshot } from '../planning/index.ts';
import { verifyJson, verifyText } from '../report/index.ts';
import { loadSuites, selectQueries } from '../suite/index.ts';
import { connectToSource } from './connect-source.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';

interface CommandOptions extends VerifyOptions {
  readonly source?: string;
  readonly json?: boolean;
}

/**
 * `regress verify`: plans every query on the source, read-only, and on the target, and compares the plans. Resolves to the
 * exit status: 0 if all plans are identical, 1 if one is not, 2 if some could not be judged and the others are identical.
 */
export async function verify(
  patterns: readonly string[],
  options: CommandOptions,
  globals: GlobalOptions,
  context: Context,
): Promise<number> {
  const config = await loadConfig(globals.config, context.env, globals.project);
  const url = requireSource(options.source || config.source.url || context.env.REGRESS_SOURCE_URL || null, 'verify');
  const suites = selectQueries(await loadSuites(config.suites), patterns);
  const snapshot = await openRunSnapshot(config, options.snapshot);
  const source = await connectToSource(url, context);
  const close = onExit(source.close);
  try {
    // With the URL in the configuration, its password is withheld from the branch's commands.
    const ours = { ...config, source: { ...config.source, url } };
    const report = await verifyPlans(source, { suites, snapshot }, ours, options, context);
    context.print(options.json ? verifyJson(report) : verifyText(report, context));
    return statusOf(report.summary, context);
  } finally {
    await close();
  }
}

function statusOf({ queries, identical, notJudged }: VerifySummary, context: Context): number {
  if (notJudged > 0) {
    context.progress.warn(`not judged: ${notJudged} of ${queries} plans`, {
      detail: 'The report gives the reason for each.',
      hint: 'npx regress-pg verify PATTERN … verifies only the suites and queries that you name.',
    });
  }
  if (identical + notJudged < queries) return 1;
  return notJudged > 0 ? 2 : 0;
}
