import { namesIn } from '../catalog/index.ts';
import { relationChanges } from '../compare/index.ts';
import type { Unreadable } from '../model/manifest.ts';
import { type PlanNode, walkPlan } from '../model/plan.ts';
import type { RelationSnapshot, Snapshot } from '../model/snapshot.ts';
import type { DifferingSetting, UnmetCondition } from '../model/target/condition.ts';
import { type Connection, DatabaseError, quoteQualified } from '../postgres/index.ts';
import type { RestoreReport } from '../restore/index.ts';
import { type CurrentRelations, readCurrentRelations } from '../source/index.ts';

/** Why plans may differ: reasons for each relation, and reasons for all plans. */
export interface Reasons {
  /** Clauses, by the relation's quoted, qualified name. */
  readonly ofRelation: ReadonlyMap<string, readonly string[]>;
  readonly ofAll: readonly string[];
}

/** The relations that the plans read or write, as quoted, qualified names. */
export function relationsOf(...plans: readonly (PlanNode | null)[]): Set<string> {
  const nodes = plans.flatMap((plan) => (plan === null ? [] : [...walkPlan(plan)]));
  return new Set(
    nodes.flatMap(({ schema, relationName }) =>
      schema === undefined || relationName === undefined ? [] : [quoteQualified(schema, relationName)],
    ),
  );
}

/** Compares the relations in production now with the snapshot, and adds what the restore could not do. */
export async function findReasons(
  source: Connection,
  snapshot: Snapshot,
  relations: ReadonlySet<string>,
  restored: RestoreReport,
  settings: readonly DifferingSetting[],
): Promise<Reasons> {
  const reread = await readCurrentRelations(source, relations).catch((error: unknown): CurrentRelations | string => {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  });
  const now: CurrentRelations = typeof reread === 'string' ? { relations: new Map(), unreadable: [] } : reread;
  return {
    ofRelation: await reasonsByRelation(snapshot, relations, restored, now),
    ofAll: [...settingReasons(settings), ...(typeof reread === 'string' ? [notReread(reread)] : [])],
  };
}

/** Reasons that are known without production: what the snapshot lacks, and what the restore could not do. */
export async function findReasonsAtTarget(
  snapshot: Snapshot,
  relations: ReadonlySet<string>,
  restored: RestoreReport,
  conditions: readonly UnmetCondition[],
): Promise<Reasons> {
  const nothing = { relations: new Map(), unreadable: [] };
  return {
    ofRelation: await reasonsByRelation(snapshot, relations, restored, nothing),
    ofAll: conditions.map(({ message }) => message),
  };
}

/** The reasons for the relations of these plans. */
export function reasonsFor({ ofAll, ofRelation }: Reasons, ...plans: readonly (PlanNode | null)[]): string[] {
  return [...ofAll, ...[...relationsOf(...plans)].flatMap((name) => ofRelation.get(name) ?? [])];
}

async function reasonsByRelation(
  snapshot: Snapshot,
  relations: ReadonlySet<string>,
  restored: RestoreReport,
  now: CurrentRelations,
): Promise<Map<string, readonly string[]>> {
  const ofRelation = new Map<string, readonly string[]>();
  for await (const before of snapshot.relations()) {
    const name = quoteQualified(before.schemaname, before.relname);
    if (relations.has(name)) {
      ofRelation.set(name, reasonsOf(before, now.relations.get(name), snapshot.manifest.unreadable, restored));
    }
  }
  for (const name of relations) {
    if (!ofRelation.has(name)) ofRelation.set(name, [`${name.replaceAll('"', '')} is not in the snapshot`]);
  }
  return ofRelation;
}

function reasonsOf(
  before: RelationSnapshot,
  now: RelationSnapshot | undefined,
  unreadable: readonly Unreadable[],
  restored: RestoreReport,
): string[] {
  const names = [before.relname, ...before.indexes.map(({ indexname }) => indexname)];
  const isAbout = (object: string) => names.some((name) => mentions(object, before.schemaname, name));
  return [
    ...(now === undefined ? [] : relationChanges(before, now)),
    ...unreadable
      .filter(({ object }) => isAbout(object))
      .map(({ object, what }) => `the snapshot lacks ${what} of ${object}`),
    ...restored.refused
      .filter(({ object }) => isAbout(object))
      .map(({ object, what, message }) => `${object}: ${what} not restored: ${message}`),
    ...restored.missing
      .filter(({ touchedBy }) => touchedBy.has(`${before.schemaname}.${before.relname}`))
      .map(({ description }) => `the target has no ${description}`),
    ...restored.unknown
      .filter(({ schemaname, name }) => schemaname === before.schemaname && names.includes(name))
      .map(({ description }) => `the snapshot has no matching ${description}`),
  ];
}

/** Whether the object that a report names is this one, or a part of it such as its column. */
function mentions(object: string, schemaname: string, name: string): boolean {
  return namesIn(object).some(([schema, relation]) => schema === schemaname && relation === name);
}

function settingReasons(settings: readonly DifferingSetting[]): string[] {
  return settings.map(
    ({ name, source, target }) =>
      `setting ${name} is ${source ?? 'unknown'} on the source and ${target ?? 'unknown'} on the target`,
  );
}

function notReread(message: string): string {
  return `could not read the source's relations again: ${message}`;
}
