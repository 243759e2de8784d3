import { loadConfig } from '../config/index.ts';
import { RegressError } from '../model/errors.ts';
import { counted } from '../model/text/wording.ts';
import {
  conditionsOf,
  openRunSnapshot,
  type PlanningOptions,
  restoreInto,
  warnOfConditions,
  warnOfRangeEnds,
  warnOfRestore,
} from '../planning/index.ts';
import { connect, serverVersion } from '../postgres/index.ts';
import { type RestoreReport, verifyPlanner } from '../restore/index.ts';
import { chooseTarget, refuseTarget } from '../target/index.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';

/** `regress restore`: restores a snapshot into a database that has the schema. Resolves to the exit status. */
export async function restore(options: PlanningOptions, globals: GlobalOptions, context: Context): Promise<number> {
  const config = await loadConfig(globals.config, context.env, globals.project);
  const choice = chooseTarget(options.target, config.target.url, context.env);
  if (choice.kind === 'throwaway') {
    throw new RegressError('usage', 'no target is given', {
      hint: 'npx regress-pg restore --target postgresql://user@host/database, or set target.url in regress.yaml or REGRESS_TARGET_URL',
    });
  }
  const snapshot = await openRunSnapshot(config, options.snapshot);
  const connection = await connect(choice.url, 'target');
  try {
    await serverVersion(connection);
    await refuseTarget(connection, snapshot.manifest, {
      allowData: options.allowData ?? false,
      usesThisDatabase: true,
    });
  } finally {
    await connection.close();
  }
  const report = await restoreInto(
    choice.url,
    {
      pgConfig: options.pgConfig ?? config.target.pgConfig ?? undefined,
      keepSettings: false,
      expect: config.expect.tables,
    },
    snapshot,
    context,
  );
  const verified = await connect(choice.url, 'target');
  try {
    await verifyPlanner(verified);
    await warnOfRangeEnds(verified, context);
    warnOfRestore(report, context);
    const alreadyWarned = report.skippedSettings.map(({ name }) => name);
    warnOfConditions(await conditionsOf(verified, snapshot.manifest), context, alreadyWarned);
  } finally {
    await verified.close();
  }
  context.print(`${describeRestore(report)}\n`);
  return 0;
}

function describeRestore({ counts, catalogs, refused, missing, unknown }: RestoreReport): string {
  const system = catalogs === null ? '' : `${counted(catalogs.relations, 'system catalog')}, `;
  const estimated = unknown.filter(({ estimate }) => estimate !== undefined).length;
  return (
    `restored ${counted(counts.relations, 'relation')}, ${system}${counted(counts.indexes, 'index', 'indexes')}, ` +
    `statistics of ${counted(counts.columns, 'column')}, ${counted(counts.extendedStatistics, 'statistics object')}, ` +
    `${counted(counts.rangeEnds, 'range end')} and ${counted(counts.settings, 'setting')}; ` +
    `${refused.length} refused, ${missing.length} missing in the target, ${unknown.length} unknown to the snapshot` +
    (estimated === 0 ? '' : `, ${estimated} of these sized by a model`)
  );
}
