/*-------------------------------------------------------------------------
 *
 * frozen_now.c
 *	  regress_planner.now: a fixed time for now() and its kin.
 *
 * now(), current_date, statement_timestamp() and the literal 'now' all come
 * from the start times that xact.c keeps of the transaction and the statement.
 * The transaction's is set when the parameter is, so that the next statement is
 * already parsed with it; the statement's is set anew by each message of the
 * client, and so by us before each plan.  Both get their real values back when
 * the parameter is reset or the transaction ends.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "utils/timestamp.h"

/* GUC variable, and its value as a time: NULL if it is empty */
static char *regress_planner_now = NULL;
static const TimestampTz *frozen_at = NULL;

/* The start times that we have replaced, and by what. */
static bool frozen = false;
static TimestampTz shown_time;
static TimestampTz real_xact_start;
static TimestampTz real_stmt_start;

/*
 * Show the fixed time.  A statement time other than ours is a real one, of a
 * message that came since.
 */
static void
freeze(TimestampTz at)
{
	TimestampTz stmt_start = GetCurrentStatementStartTimestamp();

	if (!frozen)
		real_xact_start = GetCurrentTransactionStartTimestamp();
	if (!frozen || stmt_start != shown_time)
		real_stmt_start = stmt_start;
	SetParallelStartTimestamps(at, at);
	shown_time = at;
	frozen = true;
}

/*
 * Show the real time again.
 */
static void
thaw(void)
{
	TimestampTz stmt_start = GetCurrentStatementStartTimestamp();

	if (!frozen)
		return;
	if (stmt_start != shown_time)
		real_stmt_start = stmt_start;
	SetParallelStartTimestamps(real_xact_start, real_stmt_start);
	frozen = false;
}

static bool
is_relative_date(const char *word)
{
	return strcmp(word, "now") == 0 || strcmp(word, "today") == 0 ||
		strcmp(word, "tomorrow") == 0 || strcmp(word, "yesterday") == 0;
}

/*
 * Parse an absolute timestamp without raising an error, as
 * check_recovery_target_time() does.
 */
static bool
parse_timestamp(const char *text, TimestampTz *result)
{
	char		buffer[MAXDATELEN + MAXDATEFIELDS];
	char	   *field[MAXDATEFIELDS];
	int			ftype[MAXDATEFIELDS];
	int			nfields;
	int			dtype;
	int			timezone;
	fsec_t		fsec;
	struct pg_tm tm;

	if (ParseDateTime(text, buffer, sizeof(buffer), field, ftype,
					  MAXDATEFIELDS, &nfields) != 0)
		return false;
	for (int i = 0; i < nfields; i++)
	{
		if (is_relative_date(field[i]))
			return false;
	}
	if (regress_decode_datetime(field, ftype, nfields, &dtype, &tm, &fsec,
								&timezone) != 0)
		return false;
	return dtype == DTK_DATE &&
		tm2timestamp(&tm, fsec, &timezone, result) == 0;
}

/*
 * xact.c gives its start times away to parallel workers only, and asserts that
 * where assertions are compiled in.
 */
static bool
start_times_can_be_set(void)
{
	const char *assertions = GetConfigOption("debug_assertions", true, false);

	return assertions == NULL || strcmp(assertions, "on") != 0;
}

static bool
check_now(char **newval, void **extra, GucSource source pg_attribute_unused())
{
	TimestampTz at;

	if (*newval == NULL || **newval == '\0')
		return true;

	/*
	 * A parallel worker gets the leader's times, and the text may need
	 * parameters that it gets only later: time zones' abbreviations are then
	 * memory that has been freed.
	 */
	if (InitializingParallelWorker)
		return true;
	if (!start_times_can_be_set())
	{
		GUC_check_errdetail("A server built with assertions does not let its time be set.");
		return false;
	}
	if (!parse_timestamp(*newval, &at))
	{
		GUC_check_errdetail("It must be an absolute timestamp, best with a time zone, or empty.");
		return false;
	}
	*extra = regress_guc_malloc(sizeof(TimestampTz));
	if (*extra == NULL)
		return false;
	*(TimestampTz *) *extra = at;
	return true;
}

/*
 * Outside a transaction there is no time to set, and parallel workers get the
 * leader's.
 */
static void
assign_now(const char *newval pg_attribute_unused(), void *extra)
{
	frozen_at = extra;
	if (frozen_at == NULL)
		thaw();
	else if ((frozen || IsTransactionState()) && !IsParallelWorker())
		freeze(*frozen_at);
}

/*
 * The planner starts.
 */
void
regress_freeze_before_planning(void)
{
	if (frozen_at != NULL && !IsParallelWorker())
		freeze(*frozen_at);
}

/*
 * The statement's time outlives the transaction: several statements of one
 * message may be a transaction each.
 */
static void
thaw_at_end_of_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		thaw();
}

/*
 * Define the parameter, and be told when a transaction ends.
 */
void
regress_init_frozen_now(void)
{
	DefineCustomStringVariable("regress_planner.now",
							   "Fixes now() and statement_timestamp() to this time.",
							   "Empty means the real time.",
							   &regress_planner_now,
							   "",
							   PGC_USERSET,
							   0,
							   check_now,
							   assign_now,
							   NULL);
	RegisterXactCallback(thaw_at_end_of_transaction, NULL);
}
