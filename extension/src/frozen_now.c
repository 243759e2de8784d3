/*-------------------------------------------------------------------------
 *
 * frozen_now.c
 *	  regress_planner.now: a fixed time for now() and similar functions.
 *
 * now(), current_date, statement_timestamp() and the literal 'now' all come
 * from the start times of the transaction and the statement, which xact.c
 * keeps.  Assigning the parameter sets both, so that the next statement is
 * already parsed with the fixed time.  Each message of the client sets the
 * statement's time anew, so we set it again before each plan.  Both get their
 * real values back when the parameter is reset or the transaction ends.
 *
 *-------------------------------------------------------------------------
 */
#include "regress_planner.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "utils/timestamp.h"

/* GUC variable, and its value as a time; NULL if it is empty */
static char *regress_planner_now = NULL;
static const TimestampTz *frozen_at = NULL;

/* Have we replaced the start times, with which time, and what were they? */
static bool frozen = false;
static TimestampTz shown_time;
static TimestampTz real_xact_start;
static TimestampTz real_stmt_start;

/*
 * Replace the start times by a fixed time, and remember the real ones.
 *
 * SetParallelStartTimestamps() (xact.c) is the only way to set them.  If the
 * statement's time is not the one that we have set, a new message of the
 * client has set it, so it is real.
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
 * Give the start times their real values back.
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

/*
 * Is a word one of those that stand for a time relative to the present?
 */
static bool
is_relative_date(const char *word)
{
	return strcmp(word, "now") == 0 || strcmp(word, "today") == 0 ||
		strcmp(word, "tomorrow") == 0 || strcmp(word, "yesterday") == 0;
}

/*
 * Parse an absolute timestamp without raising an error.  Like
 * check_recovery_target_time() (xlogrecovery.c, before 16 guc.c), refuse words
 * that mean a relative time.
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
 * Does the server let us set the start times?  SetParallelStartTimestamps()
 * (xact.c) asserts that its caller is a parallel worker, so a server that was
 * built with assertions does not.
 */
static bool
start_times_can_be_set(void)
{
	const char *assertions = GetConfigOption("debug_assertions", true, false);

	return assertions == NULL || strcmp(assertions, "on") != 0;
}

/*
 * check_hook of regress_planner.now: parse the time, which is the extra value.
 */
static bool
check_now(char **newval, void **extra, GucSource source pg_attribute_unused())
{
	TimestampTz at;

	if (*newval == NULL || **newval == '\0')
		return true;

	/*
	 * A parallel worker gets the leader's start times, so it needs no value.
	 * It must not parse the text: while it restores the parameters, the table
	 * of time zone abbreviations that DecodeDateTime() reads has been freed.
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
 * assign_hook of regress_planner.now: set the start times.
 *
 * Outside a transaction they are not set yet; the planner's hook does it
 * later.  A parallel worker gets those of its leader.
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
 * Set the start times before a plan is made, because a message of the client
 * has set the statement's anew.
 */
void
regress_freeze_before_planning(void)
{
	if (frozen_at != NULL && !IsParallelWorker())
		freeze(*frozen_at);
}

/*
 * XactCallback: give the start times their real values back.
 *
 * The statement's time outlives the transaction, because several statements of
 * one message may be a transaction each.
 */
static void
thaw_at_end_of_transaction(XactEvent event, void *arg pg_attribute_unused())
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		thaw();
}

/*
 * Define the parameter, and register for the ends of transactions.
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
