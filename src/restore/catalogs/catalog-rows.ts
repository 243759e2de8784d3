import type { Connection } from '../../postgres/index.ts';
import { inBatches } from '../../postgres/index.ts';
import { forgetCatalogStatistics, forgetFigures, forgetStatistics } from '../target-state/previous.ts';
import { insertStatistics, writeAcceptedSlots } from './column-statistics.ts';
import { createCasts, dropCasts, writeExtendedStatistics } from './extended-rows.ts';
import type { CatalogStrategy, ClassRow } from './strategy.ts';

/**
 * Takes relhassubclass from production even if it is stale there, because the planner reads it, but keeps it true for a
 * real parent. Updates equal rows too, so that open sessions drop the relation from their caches.
 */
const UPDATE_CLASS_SQL = (relallfrozen: string): string => `
UPDATE pg_catalog.pg_class c
SET relpages = r.relpages, reltuples = r.reltuples, relallvisible = r.relallvisible${relallfrozen},
  relhassubclass = r.relhassubclass OR EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)
FROM pg_catalog.json_to_recordset($1) AS r(
  oid oid, relpages int4, reltuples float4, relallvisible int4, relallfrozen int4, relhassubclass bool)
WHERE c.oid = r.oid`;

/** Writes statistics directly as rows of the catalogs. Only a superuser can, on any major. */
export function writtenCatalogs(major: number): CatalogStrategy {
  return {
    forget: forgetStatistics,
    forgetCatalogs: forgetCatalogStatistics,
    writesSharedCatalogs: true,
    begin: createCasts,
    end: dropCasts,
    writeColumns: insertStatistics,
    writeAcceptedSlots,
    writeExtended: (writer, statistics, target) => writeExtendedStatistics({ ...writer, major }, statistics, target),
    writeClasses: (connection, classes) => updateClasses(connection, classes, major),
    forgetFigures,
  };
}

async function updateClasses(connection: Connection, classes: readonly ClassRow[], major: number): Promise<void> {
  const relallfrozen = major >= 18 ? ', relallfrozen = COALESCE(r.relallfrozen, c.relallfrozen)' : '';
  await inBatches(connection, UPDATE_CLASS_SQL(relallfrozen), classes);
}
