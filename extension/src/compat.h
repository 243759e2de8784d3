/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  Differences between PostgreSQL 14 and 19, each behind one name.
 *
 * Nothing here depends on the rest of the extension.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_COMPAT_H
#define REGRESS_COMPAT_H

#include "utils/datetime.h"
#include "utils/guc.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#if PG_VERSION_NUM < 140000
#error "regress_planner is written for PostgreSQL 14 and later"
#endif

/*
 * range_ends.c depends on the way in which these servers scan an index while
 * they plan.  On a later one it answers no probe until somebody has read that
 * server's sources; estimates then come from the ends of histograms.
 */
#ifndef REGRESS_RANGE_ENDS_KNOWN
#define REGRESS_RANGE_ENDS_KNOWN (PG_VERSION_NUM < 200000)
#endif

/* 15 renamed EmitWarningsOnPlaceholders and made it remove placeholders. */
#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(className) EmitWarningsOnPlaceholders(className)
#endif

/* Since 16 the extra value of a GUC must come from the GUC memory context. */
#if PG_VERSION_NUM >= 160000
#define regress_guc_malloc(size) guc_malloc(LOG, (size))
#define regress_guc_free(pointer) guc_free(pointer)
#else
#define regress_guc_malloc(size) malloc(size)
#define regress_guc_free(pointer) free(pointer)
#endif

/*
 * Decode the fields of a timestamp without raising an error.
 *
 * DecodeDateTime() (datetime.c) returns an error code.  16 adds details to it,
 * which we do not print.  Before 16 it raises an error for a time zone that
 * does not exist.  The error can be flushed without a subtransaction, because
 * the function holds no resources at that point.
 */
static inline int
regress_decode_datetime(char **field, int *ftype, int nf, int *dtype,
						struct pg_tm *tm, fsec_t *fsec, int *tzp)
{
#if PG_VERSION_NUM >= 160000
	DateTimeErrorExtra extra;

	return DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp, &extra);
#else
	MemoryContext context = CurrentMemoryContext;
	int volatile result = DTERR_BAD_FORMAT;

	PG_TRY();
	{
		result = DecodeDateTime(field, ftype, nf, dtype, tm, fsec, tzp);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		FlushErrorState();
	}
	PG_END_TRY();
	return result;
#endif
}

/* Since 18 it can also return a deferrable key, which the side tables lack. */
#if PG_VERSION_NUM >= 180000
#define regress_primary_key(rel) RelationGetPrimaryKeyIndex((rel), false)
#else
#define regress_primary_key(rel) RelationGetPrimaryKeyIndex(rel)
#endif

/*
 * Since 17 core applies the fillfactor when it derives a table's density from
 * the widths of its columns, and assumes one row per page at least.
 */
#if PG_VERSION_NUM >= 170000
#define REGRESS_DENSITY_USES_FILLFACTOR true
#else
#define REGRESS_DENSITY_USES_FILLFACTOR false
#endif

/* Since 18 a module can tell its name and version. */
#if PG_VERSION_NUM >= 180000
#define REGRESS_MODULE_MAGIC(module_name, module_version) \
	PG_MODULE_MAGIC_EXT(.name = module_name, .version = module_version)
#else
#define REGRESS_MODULE_MAGIC(module_name, module_version) PG_MODULE_MAGIC
#endif

/* Since 19 the planner gets the state of EXPLAIN. */
#if PG_VERSION_NUM >= 190000
#define PLANNER_PARAMETERS \
	Query *parse, const char *query_string, int cursorOptions, \
	ParamListInfo boundParams, struct ExplainState *es
#define PLANNER_ARGUMENTS parse, query_string, cursorOptions, boundParams, es
#else
#define PLANNER_PARAMETERS \
	Query *parse, const char *query_string, int cursorOptions, \
	ParamListInfo boundParams
#define PLANNER_ARGUMENTS parse, query_string, cursorOptions, boundParams
#endif

#endif							/* REGRESS_COMPAT_H */
