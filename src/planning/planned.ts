import type { Provenance } from '../model/baseline.ts';
import type { UnmetCondition } from '../model/condition.ts';
import type { SchemaDrift } from '../model/drift.ts';
import type { PlanNode } from '../model/plan.ts';
import type { PlanFlip } from '../model/plans/plan-flip.ts';
import type { Deviation, ProductionPlan } from '../model/plans/production-plan.ts';
import type { Avoidance } from '../model/plans/runner-up.ts';
import type { PlannedCase, Query, Suite } from '../model/suite.ts';
import type { UnknownObject } from '../model/unknown-object.ts';
import type { DatabaseError, ServerVersion } from '../postgres/index.ts';
import type { MappedSnapshot } from '../predict/index.ts';

/** One query to be planned one way. */
export interface Asked {
  readonly suite: Suite;
  readonly query: Query;
  readonly planned: PlannedCase;
}

/** The same, planned on the target, or what PostgreSQL said instead. */
export interface Planned extends Asked {
  readonly provenance: Provenance;
  readonly outcome: { readonly plan: PlanNode } | { readonly error: DatabaseError };
  /** The generic plan that comes to be taken for a case, where it works otherwise. */
  readonly flip: PlanFlip | null;
  /** Production's own plan of the same query, where the snapshot has it. */
  readonly production: ProductionPlan | null;
}

/** All plans of a run, and what they were made under. */
export interface Plans {
  /** As they were given, with their automatic cases and the queries of other shards. */
  readonly suites: readonly Suite[];
  readonly server: ServerVersion;
  readonly snapshot: MappedSnapshot;
  /** Planner settings in force on the target. */
  readonly settings: Readonly<Record<string, string>>;
  readonly planned: readonly Planned[];
  /** What the target has and the snapshot does not know. */
  readonly unknown: readonly UnknownObject[];
  /** What the snapshot defines and the target lacks. */
  readonly missing: readonly SchemaDrift[];
  /** Conditions of identical plans that do not hold. */
  readonly conditions: readonly UnmetCondition[];
  /** Plans that are not production's own, where the snapshot has those. */
  readonly deviations: readonly Deviation[];
  /** Functions of the target that a query calls and that may read tables while it is planned, by the query's statement. */
  readonly readingFunctions: ReadonlyMap<string, readonly string[]>;
}

/** Plans a query once more without something; null where PostgreSQL would not. */
export type PlanWithout = (item: Planned, avoided: Avoidance) => Promise<PlanNode | null>;
