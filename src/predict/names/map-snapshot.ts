import type { PlanNode, PlanValue } from '../../model/plan.ts';
import type { ProductionPlan } from '../../model/plans/production-plan.ts';
import type { SchemaMap } from '../../model/schema-map.ts';
import type { Manifest, RelationSnapshot, Snapshot } from '../../model/snapshot.ts';
import { mapRelation } from './map-relation.ts';
import { mapQualifiedNames, type SchemaOf } from './qualified-names.ts';
import { NO_TARGET, schemaFor, schemasFor, type TargetNames } from './schema-map.ts';
import { mapSearchPath } from './search-path.ts';

/** A snapshot under the names of one target, as a restore needs it. */
export interface TargetSnapshot extends Snapshot {
  readonly names: 'target';
}

/** A snapshot under CI's schemas, as far as they are known without a target. */
export interface MappedSnapshot extends Snapshot {
  /** CI's schemas and the production schemas they stand for. */
  readonly map: SchemaMap;
  /** The same under the names of a target, which decide what of an extension stays where it is. */
  onto(target: TargetNames): TargetSnapshot;
}

/**
 * A snapshot under CI's schemas; as it is where the map is empty. Objects of production in a schema whose name CI gives
 * to another schema are left out.
 */
export function mapSnapshot(snapshot: Snapshot, map: SchemaMap): MappedSnapshot {
  if (map.size === 0) return { ...snapshot, map, onto: () => ({ ...snapshot, names: 'target' }) };
  const onto = (target: TargetNames): TargetSnapshot => ({
    names: 'target',
    path: snapshot.path,
    strangeSettings: snapshot.strangeSettings ?? [],
    manifest: mapManifest(snapshot.manifest, map, target),
    relations: () => mapRelations(snapshot, map, target),
    catalogs: () => snapshot.catalogs(),
    plans: async () => (await snapshot.plans())?.map((plan) => mapPlan(plan, map)) ?? null,
  });
  const { names: _, ...unbound } = onto(NO_TARGET);
  return { ...unbound, map, onto };
}

async function* mapRelations(
  snapshot: Snapshot,
  map: SchemaMap,
  target: TargetNames,
): AsyncGenerator<RelationSnapshot> {
  for await (const relation of snapshot.relations()) {
    for (const schema of schemasFor(relation.schemaname, map, target)) {
      yield mapRelation(relation, schema, map, target);
    }
  }
}

function mapManifest(manifest: Manifest, map: SchemaMap, target: TargetNames): Manifest {
  const schemaOf = schemaOfMention(map, target);
  return {
    ...manifest,
    settings: mapSearchPath(manifest.settings, map),
    role_settings: manifest.role_settings.map((each) => ({ ...each, settings: mapSearchPath(each.settings, map) })),
    unreadable: manifest.unreadable.map((each) => ({ ...each, object: mapQualifiedNames(each.object, schemaOf) })),
  };
}

/** Production's own plans name its schemas. */
function mapPlan(plan: ProductionPlan, map: SchemaMap): ProductionPlan {
  return { ...plan, plan: plan.plan && mapPlanNode(plan.plan, map) };
}

/** A plan of production with CI's schemas. */
export function mapPlanNode(node: PlanNode, map: SchemaMap): PlanNode {
  return map.size === 0 ? node : mapNode(node, map, schemaOfMention(map, NO_TARGET));
}

function mapNode(node: PlanNode, map: SchemaMap, schemaOf: SchemaOf): PlanNode {
  const properties = Object.entries(node.properties).map(([label, value]) => [
    label,
    label === 'Schema' && typeof value === 'string' ? (schemaFor(value, map) ?? value) : mapValue(value, schemaOf),
  ]);
  return {
    ...node,
    ...(node.schema === undefined ? {} : { schema: schemaFor(node.schema, map) ?? node.schema }),
    properties: Object.fromEntries(properties),
    plans: node.plans.map((child) => mapNode(child, map, schemaOf)),
  };
}

function mapValue(value: PlanValue, schemaOf: SchemaOf): PlanValue {
  if (typeof value === 'string') return mapQualifiedNames(value, schemaOf);
  return Array.isArray(value) ? value.map((each: PlanValue) => mapValue(each, schemaOf)) : value;
}

function schemaOfMention(map: SchemaMap, target: TargetNames): SchemaOf {
  return (production) => {
    const here = schemaFor(production, map) ?? production;
    return here === production ? null : target.quoted(here);
  };
}
