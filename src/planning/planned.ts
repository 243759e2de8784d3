import type { Provenance } from '../model/baseline.ts';
import type { PlanNode } from '../model/plan.ts';
import type { PlanFlip } from '../model/plans/plan-flip.ts';
import type { Deviation, ProductionPlan } from '../model/plans/production-plan.ts';
import type { Avoidance } from '../model/plans/runner-up.ts';
import type { PlannedCase, Query, Suite } from '../model/suite.ts';
import type { UnmetCondition } from '../model/target/condition.ts';
import type { SchemaDrift } from '../model/target/drift.ts';
import type { UnknownObject } from '../model/target/unknown-object.ts';
import type { DatabaseError, ServerVersion } from '../postgres/index.ts';
import type { MappedSnapshot } from '../predict/index.ts';

/** One plan to make: a query, and how to plan it. */
export interface Asked {
  readonly suite: Suite;
  readonly query: Query;
  readonly planned: PlannedCase;
}

/** A plan made on the target, or PostgreSQL's error. */
export interface Planned extends Asked {
  readonly provenance: Provenance;
  readonly outcome: { readonly plan: PlanNode } | { readonly error: DatabaseError };
  /** The generic plan PostgreSQL switches to after five executions, if it works differently. */
  readonly flip: PlanFlip | null;
  /** Production's own plan of the same query, if the snapshot has it. */
  readonly production: ProductionPlan | null;
}

/** All plans of a run, and what they were made under. */
export interface Plans {
  /** All suites, with their automatic cases and the queries of other shards. */
  readonly suites: readonly Suite[];
  readonly server: ServerVersion;
  readonly snapshot: MappedSnapshot;
  /** Planner settings in force on the target. */
  readonly settings: Readonly<Record<string, string>>;
  readonly planned: readonly Planned[];
  /** Objects that the target has and the snapshot does not. */
  readonly unknown: readonly UnknownObject[];
  /** Objects that the snapshot defines and the target lacks. */
  readonly missing: readonly SchemaDrift[];
  /** Conditions for identical plans that do not hold. */
  readonly conditions: readonly UnmetCondition[];
  /** Plans that differ from production's own, if the snapshot has those. */
  readonly deviations: readonly Deviation[];
  /** By the query's statement: functions it calls that may read tables while it is planned. */
  readonly readingFunctions: ReadonlyMap<string, readonly string[]>;
}

/** Plans a query again without some settings or indexes; null if PostgreSQL cannot. */
export type PlanWithout = (item: Planned, avoided: Avoidance) => Promise<PlanNode | null>;
