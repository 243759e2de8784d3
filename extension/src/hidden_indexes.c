/*-------------------------------------------------------------------------
 *
 * hidden_indexes.c
 *	  regress_planner.hidden_indexes: indexes that no plan may use.
 *
 * Hiding an index shows the plan that a query would have without it.  A hidden
 * index stays in rel->indexlist, because the planner takes more than paths
 * from it: proofs of uniqueness, statistics of its expressions, the ends of
 * its range.  It only loses the flags by which build_index_paths()
 * (indxpath.c) makes paths for it, so every estimate stays the same.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include <limits.h>

#include "utils/guc.h"

/* The parsed list */
typedef struct HiddenIndexes
{
	int			count;
	Oid			indexoids[FLEXIBLE_ARRAY_MEMBER];
} HiddenIndexes;

/* GUC variable, and its parsed value; NULL if it is empty */
static char *regress_planner_hidden_indexes = NULL;
static const HiddenIndexes *hidden = NULL;

/*
 * Parse one OID and the comma after it, if there is another OID to follow.
 */
static bool
parse_oid(const char **text, Oid *result)
{
	char	   *end;
	unsigned long value;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	value = strtoul(*text, &end, 10);
	if (errno != 0 || value == InvalidOid || value > OID_MAX)
		return false;
	*result = (Oid) value;
	while (*end == ' ')
		end++;
	if (*end == ',')
	{
		end++;
		while (*end == ' ')
			end++;
		if (*end == '\0')
			return false;
	}
	else if (*end != '\0')
		return false;
	*text = end;
	return true;
}

/*
 * check_hook of regress_planner.hidden_indexes: parse the list, which is the
 * extra value.
 *
 * The OIDs are not looked up, because there may be no transaction.  One that
 * is no index hides nothing.
 */
static bool
check_hidden_indexes(char **newval, void **extra,
					 GucSource source pg_attribute_unused())
{
	const char *text = *newval;
	HiddenIndexes *list;
	size_t		most;

	if (text == NULL || *text == '\0')
		return true;
	/* An OID and its comma are two characters at least. */
	most = strlen(text) / 2 + 1;
	list = regress_guc_malloc(offsetof(HiddenIndexes, indexoids) +
							  most * sizeof(Oid));
	if (list == NULL)
		return false;
	list->count = 0;
	while (*text != '\0')
	{
		if (!parse_oid(&text, &list->indexoids[list->count]))
		{
			regress_guc_free(list);
			GUC_check_errdetail("It must be a list of OIDs of indexes with commas between them.");
			return false;
		}
		list->count++;
	}
	*extra = list;
	return true;
}

/*
 * assign_hook of regress_planner.hidden_indexes.
 */
static void
assign_hidden_indexes(const char *newval pg_attribute_unused(), void *extra)
{
	hidden = extra;
}

/*
 * Is an index on the list?
 */
static bool
is_hidden(Oid indexoid)
{
	for (int i = 0; i < hidden->count; i++)
	{
		if (hidden->indexoids[i] == indexoid)
			return true;
	}
	return false;
}

/*
 * Take the two ways of scanning an index, plain and bitmap, from the hidden
 * ones of a relation.
 */
void
regress_hide_indexes(RelOptInfo *rel)
{
	ListCell   *lc;

	if (hidden == NULL)
		return;
	foreach(lc, rel->indexlist)
	{
		IndexOptInfo *info = lfirst_node(IndexOptInfo, lc);

		if (is_hidden(info->indexoid))
		{
			info->amhasgettuple = false;
			info->amhasgetbitmap = false;
		}
	}
}

/*
 * Define the parameter.
 */
void
regress_init_hidden_indexes(void)
{
	DefineCustomStringVariable("regress_planner.hidden_indexes",
							   "Lists OIDs of indexes that no plan may use.",
							   "Empty means none.",
							   &regress_planner_hidden_indexes,
							   "",
							   PGC_USERSET,
							   0,
							   check_hidden_indexes,
							   assign_hidden_indexes,
							   NULL);
}
