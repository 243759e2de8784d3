/*-------------------------------------------------------------------------
 *
 * discard_caches.h
 *	  Makes a build that throws the catalog caches away while it works.
 *
 * Included before each file of the library by check/run.sh.  At one in so many
 * calls into the catalogs, all catalog and relation caches are emptied, as they
 * are when another session changes much at that moment.  What was read before
 * must then still be right, or be read again.  A server built with assertions
 * can do that in each of its own calls (debug_discard_caches); this one does it
 * in ours on any server.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_DISCARD_CACHES_H
#define REGRESS_DISCARD_CACHES_H

/* All headers whose names are taken below, so that they are declared before. */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "storage/lmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#ifndef REGRESS_DISCARD_EVERY
#define REGRESS_DISCARD_EVERY 499
#endif

static inline void
regress_discard_caches(void)
{
	static unsigned int calls = 0;

	if (++calls % REGRESS_DISCARD_EVERY == 0)
		InvalidateSystemCaches();
}

#define DISCARDING(call) (regress_discard_caches(), call)

#define index_open(oid, mode) DISCARDING(index_open(oid, mode))
#define relation_open(oid, mode) DISCARDING(relation_open(oid, mode))
#define table_open(oid, mode) DISCARDING(table_open(oid, mode))
#define try_relation_open(oid, mode) DISCARDING(try_relation_open(oid, mode))
#define LockRelationOid(oid, mode) DISCARDING(LockRelationOid(oid, mode))
#define ConditionalLockRelationOid(oid, mode) \
	DISCARDING(ConditionalLockRelationOid(oid, mode))
#define GetCatalogSnapshot(oid) DISCARDING(GetCatalogSnapshot(oid))
#define systable_getnext_ordered(scan, direction) \
	DISCARDING(systable_getnext_ordered(scan, direction))
#define SearchSysCache1(id, key) DISCARDING(SearchSysCache1(id, key))
#define SearchSysCache3(id, one, two, three) \
	DISCARDING(SearchSysCache3(id, one, two, three))
#define get_namespace_oid(name, missing_ok) \
	DISCARDING(get_namespace_oid(name, missing_ok))
#define get_relname_relid(name, schema) \
	DISCARDING(get_relname_relid(name, schema))
#define get_rel_name(oid) DISCARDING(get_rel_name(oid))
#define get_rel_namespace(oid) DISCARDING(get_rel_namespace(oid))
#define get_atttype(oid, attnum) DISCARDING(get_atttype(oid, attnum))
#define get_opcode(oid) DISCARDING(get_opcode(oid))
#define get_attavgwidth(oid, attnum) DISCARDING(get_attavgwidth(oid, attnum))

#endif							/* REGRESS_DISCARD_CACHES_H */
