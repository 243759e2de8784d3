import { relative, resolve } from 'node:path';
import { onExit } from '../cleanup/index.ts';
import { type Config, loadConfig, requireSource } from '../config/index.ts';
import { majorSql, readSettings } from '../environment/index.ts';
import { sourceStatements } from '../explain/index.ts';
import type { Coverage, Manifest } from '../model/manifest.ts';
import type { ProductionPlan } from '../model/plans/production-plan.ts';
import type { RelationSnapshot } from '../model/snapshot.ts';
import type { Suite } from '../model/suite.ts';
import { planRequests, relationsOfAutoCases, sourcePlanner } from '../planning/index.ts';
import { type Connection, quoteIdent, serverVersion } from '../postgres/index.ts';
import { printSnapshotSql, takeSnapshot } from '../source/index.ts';
import { loadSuites } from '../suite/index.ts';
import { connectToSource } from './connect-source.ts';
import type { Context, GlobalOptions } from './terminal/context.ts';

interface SnapshotOptions {
  readonly source?: string;
  readonly out?: string;
  readonly values: boolean;
  readonly allowPartial?: boolean;
  readonly printSql?: boolean;
  readonly plans?: boolean;
  readonly systemCatalogs?: boolean;
}

/** `regress snapshot`: reads production and writes the snapshot directory. Resolves to the exit status. */
export async function snapshot(options: SnapshotOptions, globals: GlobalOptions, context: Context): Promise<number> {
  if (options.printSql) {
    context.print(printSnapshotSql(sourceStatements()));
    return 0;
  }
  const config = await loadConfig(globals.config, context.env, globals.project);
  const source = requireSource(
    options.source || config.source.url || context.env.REGRESS_SOURCE_URL || null,
    'snapshot',
  );
  const directory = options.out === undefined ? config.snapshot : resolve(options.out);
  const suites = options.plans ? await loadSuites(config.suites) : null;
  const connection = await connectToSource(source, context);
  const close = onExit(connection.close);
  try {
    const wanted = suites && (await plansOf(connection, suites, config, context));
    let plans: readonly ProductionPlan[] = [];
    const manifest = await takeSnapshot(connection, directory, {
      values: options.values,
      allowPartial: options.allowPartial ?? false,
      systemCatalogs: options.systemCatalogs ?? false,
      progress: context.progress,
      regressVersion: context.version,
      reopen: async () => {
        const next = await connectToSource(source, context);
        onExit(next.close);
        return next;
      },
      ...wanted,
      onPlans: (taken) => {
        plans = taken;
      },
    });
    warnOfRefusals(plans, manifest, context);
    describe(manifest, relative(process.cwd(), directory) || '.', context);
    return 0;
  } finally {
    await close();
  }
}

/** Requests for production's own plans, as the application's role and with its settings. */
async function plansOf(connection: Connection, suites: readonly Suite[], config: Config, context: Context) {
  const { major } = await serverVersion(connection);
  const settings = await readSettings(connection, majorSql(major));
  const planner = await sourcePlanner(connection, { role: config.target.role, settings: {} }, settings, context);
  const relations = await relationsOfAutoCases(suites, connection);
  const inForce = { ...settings, ...planner.settings };
  return {
    onRelation: (relation: RelationSnapshot) => relations?.add(relation),
    plans: async () =>
      planRequests((await relations?.complete(suites, inForce, config.target.role)) ?? suites, major, planner),
  };
}

const MAX_REASONS = 3;

/** Warns of queries that the source did not plan, with its reasons. A check has no production plan for them. */
function warnOfRefusals(plans: readonly ProductionPlan[], { role }: Manifest, context: Context): void {
  const reasons = [...new Set(plans.flatMap(({ error }) => error ?? []))];
  if (reasons.length === 0) return;
  const refused = plans.filter(({ plan }) => plan === null).length;
  const more = reasons.length > MAX_REASONS ? `; and ${reasons.length - MAX_REASONS} more` : '';
  const listed = `${reasons.slice(0, MAX_REASONS).join('; ')}${more}`;
  context.progress.warn(`the source planned ${plans.length - refused} of ${plans.length} queries: ${listed}`);
  if (role !== undefined && reasons.some((reason) => reason.startsWith('permission denied')))
    context.say(
      `HINT:  PostgreSQL plans a query only for a role that may run it: GRANT pg_read_all_data TO ${quoteIdent(role)}`,
    );
}

function describe(manifest: Manifest, directory: string, context: Context): void {
  const { server, unreadable } = manifest;
  for (const { object, what, reason } of unreadable) context.progress.warn(`${object}: ${what} not read: ${reason}`);
  for (const hint of new Set(unreadable.flatMap((each) => each.hint ?? []))) context.say(`HINT:  ${hint}`);
  const { coverage } = manifest;
  if (coverage !== undefined) context.say(coverageLine(coverage));
  const relations = Object.keys(manifest.files).length;
  const catalogs =
    manifest.catalogs === undefined ? '' : ` and ${Object.keys(manifest.catalogs).length} system catalogs`;
  context.print(
    `snapshot of database "${server.database}" on PostgreSQL ${server.version}: ` +
      `${relations} ${relations === 1 ? 'relation' : 'relations'}${catalogs} in ${directory}\n` +
      `${manifest.values ? 'It contains column values: protect it as you would a sample of the data.' : "It contains no column values; plans that depend on them differ from production's."}\n`,
  );
}

/** How much was read, in percent. Warnings above name what is missing. */
function coverageLine({ columns, indexes }: Coverage): string {
  const share = (part: number, all: number) => (all === 0 ? '' : ` (${Math.floor((100 * part) / all)} %)`);
  return (
    `coverage: statistics of ${columns.read} of ${columns.all} columns${share(columns.read, columns.all)}, ` +
    `figures and range ends of ${indexes.exact} of ${indexes.all} indexes${share(indexes.exact, indexes.all)}`
  );
}
