import { planDigest, shortDigest } from '../../baseline/index.ts';
import type { Config } from '../../config/index.ts';
import {
  type MappedSnapshot,
  type Planned,
  type PlanningOptions,
  type PlanningSession,
  type Plans,
  planOne,
  productionPlansByQuery,
  type RunContext,
  settingsInForce,
  withPlanningSession,
} from '../../planning/index.ts';
import type { OldQuery } from './query-history.ts';

type Settings = Readonly<Record<string, string>>;

/** A database with the branch's schema and another snapshot, in which queries are planned again. */
export interface Replanning extends Pick<Plans, 'unknown' | 'missing'> {
  /** The settings with this digest, derived from the snapshot; null if they are not known. */
  settingsOf(digest: string): Settings | null;
  /** Plans an old or a current query under these settings. */
  plan(item: Planned, query: OldQuery, settings: Settings): Promise<Planned['outcome']>;
}

/** Opens such a database, does the work and closes it. Prints no warnings; throws as planning does. */
export async function withReplanning<T>(
  snapshot: MappedSnapshot,
  { config, options, context }: { config: Config; options: PlanningOptions; context: RunContext },
  work: (replanning: Replanning) => Promise<T>,
): Promise<T> {
  const progress = { ...context.progress, warn: () => undefined };
  // No waiting for the target: this process itself may be using it, since vitest keeps its session open.
  const impatient = { ...options, patienceMs: 0 };
  return withPlanningSession(config, impatient, snapshot, { ...context, progress }, async (session) => {
    const { manifest } = snapshot;
    const server = await settingsInForce(session.connection, Object.keys(manifest.settings));
    const inForce: Settings = { ...server, ...session.planner.settings };
    const productionPlans = productionPlansByQuery(await snapshot.plans());
    const { unknown, missing } = session.restored;
    return work({
      unknown,
      missing,
      settingsOf: (digest) => knownSettings(inForce, manifest.settings, session.planner.settings, digest),
      plan: (item, query, settings) => {
        const about = { suite: item.suite.file, query: item.query.name, case: item.planned.name };
        const now =
          productionPlans.find({ ...about, digest: planDigest(item.query, item.planned) })?.now ?? manifest.capturedAt;
        return planUnder(session, query, changed(inForce, settings), now);
      },
    });
  });
}

/** Tries the settings in force, then production's settings in place of them. */
function knownSettings(inForce: Settings, production: Settings, role: Settings, digest: string): Settings | null {
  const ofProduction = Object.fromEntries(
    Object.entries(inForce).map(([name, value]) => [name, role[name] ?? production[name] ?? value]),
  );
  return [inForce, ofProduction].find((settings) => shortDigest(settings) === digest) ?? null;
}

function changed(inForce: Settings, wanted: Settings): Settings {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => inForce[name] !== value));
}

async function planUnder(
  { connection, server, planner }: PlanningSession,
  { query, planned }: OldQuery,
  settings: Settings,
  now: string,
): Promise<Planned['outcome']> {
  const { role } = planner;
  const context = { major: server.major, now, role, settings: { ...planner.settings, ...settings } };
  return planOne(connection, query, planned, context);
}
