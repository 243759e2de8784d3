/*-------------------------------------------------------------------------
 *
 * side_data.h
 *	  Rows of the side tables, decoded.
 *
 *-------------------------------------------------------------------------
 */
#ifndef REGRESS_SIDE_DATA_H
#define REGRESS_SIDE_DATA_H

#include "side_tables.h"
#include "storage/block.h"

/* Production's numbers of one table or materialized view. */
typedef struct RelationRow
{
	BlockNumber pages;
	BlockNumber relpages;
	double		reltuples;		/* -1 means never vacuumed or analyzed */
	BlockNumber relallvisible;
	bool		relhassubclass;
	Oid			tablespace;		/* InvalidOid if unknown */
} RelationRow;

/* Production's numbers of one index; some may be unknown. */
typedef struct IndexRow
{
	BlockNumber pages;
	BlockNumber relpages;
	double		reltuples;
	int32		ordinal;
	int			tree_height;	/* -1 if unknown */
	bool		has_revmap_pages;
	BlockNumber revmap_pages;
	Oid			gin_shadow;		/* InvalidOid if unknown */
	Oid			tablespace;		/* InvalidOid if unknown */
} IndexRow;

extern bool regress_read_relation(SideTables *side, Oid relid,
								  RelationRow *row);
extern bool regress_read_index(SideTables *side, Oid indexrelid,
							   IndexRow *row);
extern bool regress_read_range_end(SideTables *side, Oid indexrelid,
								   bool maximum, char **value);
extern bool regress_read_statistics_ordinal(SideTables *side, Oid stxoid,
											int32 *ordinal);
extern bool regress_knows_relation(SideTables *side, Oid relid);
extern Oid	regress_production_oid(SideTables *side, Oid oid);
extern bool regress_find_index(Oid indexrelid, IndexRow *row);

#endif							/* REGRESS_SIDE_DATA_H */
