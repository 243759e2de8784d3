import { walkPlan } from '../model/plan.ts';
import type { ProductionPlan } from '../model/plans/production-plan.ts';
import { type Connection, quoteQualified } from '../postgres/index.ts';
import type { Collection } from './collection.ts';
import { capturePlans, type PlanOptions, type PlanRequest } from './read/plans.ts';
import type { Written } from './records.ts';

/** Queries are planned, and their relations read again, at most this many times. */
const ROUNDS = 3;

/**
 * Production's own plans, made from the same statistics that the collection holds. If an ANALYZE, a VACUUM or new rows
 * changed a relation after it was read, the relation is read again and its queries are planned again. A plan whose
 * relations change every time names them in `changed`. `requestsOf` is called again after relations were read again,
 * because automatic cases depend on them.
 */
export async function settledPlans(
  connection: Connection,
  requestsOf: () => Promise<readonly PlanRequest[]>,
  collection: Collection,
  { patience, started, advance }: PlanOptions & { readonly started: (count: number) => void },
): Promise<ProductionPlan[]> {
  let requests = await requestsOf();
  started(requests.length);
  const taken = new Map<string, ProductionPlan>();
  let waiting = requests;
  for (let round = 1; ; round++) {
    const plans = await capturePlans(connection, waiting, {
      patience,
      advance: round === 1 ? advance : () => undefined,
    });
    for (const plan of plans) taken.set(keyOf(plan), plan);
    const all = requests.map((request) => taken.get(keyOf(request)) as ProductionPlan);
    const written = [...collection.records.written.values()];
    const relationsOf = new Map(all.map((plan) => [plan, touched(plan, written)]));
    const changed = await collection.changed(new Set([...relationsOf.values()].flat().map(({ oid }) => oid)));
    const names = (plan: ProductionPlan) =>
      (relationsOf.get(plan) ?? []).filter(({ oid }) => changed.has(oid)).map(({ quoted }) => quoted);
    if (changed.size === 0 || round === ROUNDS) {
      return all.map((plan) => (names(plan).length === 0 ? plan : { ...plan, changed: names(plan).sort() }));
    }
    await collection.refresh(changed);
    const stale = new Set(all.filter((plan) => names(plan).length > 0).map(keyOf));
    requests = await requestsOf();
    waiting = requests.filter((request) => stale.has(keyOf(request)) || !taken.has(keyOf(request)));
  }
}

function keyOf(of: Pick<ProductionPlan, 'suite' | 'query' | 'case' | 'digest'>): string {
  return JSON.stringify([of.suite, of.query, of.case, of.digest]);
}

/** The relations whose statistics a plan depends on: those it scans, and those they inherit from, directly or not. */
function touched({ plan }: ProductionPlan, written: readonly Written[]): Written[] {
  if (plan === null) return [];
  const scanned = new Set(
    [...walkPlan(plan)].flatMap(({ schema, relationName }) =>
      schema === undefined || relationName === undefined ? [] : [quoteQualified(schema, relationName)],
    ),
  );
  const byName = new Map(written.map((each) => [each.name, each]));
  const found = new Set(written.filter(({ quoted }) => scanned.has(quoted)));
  for (const { inherits } of found) {
    for (const name of inherits) {
      const parent = byName.get(name);
      if (parent !== undefined) found.add(parent);
    }
  }
  return [...found];
}
