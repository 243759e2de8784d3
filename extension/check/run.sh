#!/bin/sh
# Looks for mistakes of the library's memory and of its clean-up, on a server of its own.
#
#   check/run.sh plain        as it is built for use, with the library's own assertions
#   check/run.sh sanitizers   with address and undefined-behaviour sanitizers, and caches that are thrown away meanwhile
#   check/run.sh valgrind     the server under valgrind; only what has the library on its stack counts
#
# Each passes make installcheck, PLANS plans with side data right and wrong, and a tenth as many interrupted plans.
# Ends with 0 if nothing was found, 1 if something was, 2 if the check could not be made.
#
# PG_CONFIG  which PostgreSQL, pg_config unless given; one with assertions is asked to discard its caches, too
# PLANS      how many plans, 10000 unless given
# SEED       other plans, 1 unless given
# INSTALLCHECK  no: leave make installcheck out
# CHECK_USER the server's user where root runs this, postgres unless given, or else nobody
# KEEP       not empty: leave the folder of the run where it is
set -eu

mode=${1:-}
case $mode in
	plain | sanitizers | valgrind) ;;
	*)
		sed -n '2,18s/^# \{0,1\}//p' "$0" >&2
		exit 2
		;;
esac

PG_CONFIG=${PG_CONFIG:-pg_config}
PLANS=${PLANS:-10000}
SEED=${SEED:-1}
plans_of_session=500
server=

fail() {
	echo "check/run.sh: $1" >&2
	exit "${2:-2}"
}

say() {
	echo "$mode: $1"
}

. "$(dirname -- "$0")/installation.sh"

clean_up() {
	status=$?
	trap - EXIT
	if [ -n "$server" ]; then
		as_server "$work$bindir/pg_ctl" stop -s -m immediate -D "$work/data" || true
		wait "$server" || true
	fi
	remove_work
	exit $status
}
trap clean_up EXIT
trap 'exit 2' INT TERM HUP

sanitizer_library() {
	path=$(gcc -print-file-name="$1")
	[ -e "$path" ] || fail "gcc has no $1"
	echo "$path"
}

build() {
	case $mode in
		plain) options='-DUSE_ASSERT_CHECKING=1' ;;
		sanitizers)
			options="-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
			options="$options -DUSE_ASSERT_CHECKING=1 -include $work/extension/check/discard_caches.h"
			;;
		valgrind) options='-g -O1 -fno-omit-frame-pointer -DUSE_ASSERT_CHECKING=1' ;;
	esac
	if [ "$mode" = sanitizers ]; then gcc -shared -fPIC -Wl,-z,initfirst "$extension/check/first.c" -o "$work/first.so"; fi
	build_and_install CC=gcc COPT="$options"
	cd "$work/extension"
}

start() {
	mkdir "$work/data" "$work/found" "$work/socket"
	give_to_server "$work/data" "$work/found" "$work/socket"
	as_server "$work$bindir/initdb" -D "$work/data" -A trust -U postgres -E UTF8 --locale=C --no-sync >"$work/initdb.log" ||
		fail 'initdb failed'
	cat >>"$work/data/postgresql.conf" <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$work/socket'
		fsync = off
		autovacuum = off
		restart_after_crash = off
		max_locks_per_transaction = 256
	CONF
	set -- "$work$bindir/postgres" -D "$work/data"
	case $mode in
		sanitizers)
			set -- env "LD_PRELOAD=$(sanitizer_library libasan.so) $(sanitizer_library libubsan.so) $work/first.so" \
				"ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:abort_on_error=1:detect_odr_violation=0:log_path=$work/found/asan" \
				"UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:log_path=$work/found/ubsan" "$@"
			;;
		valgrind)
			set -- valgrind --quiet --trace-children=yes --leak-check=no --track-origins=no --num-callers=40 \
				--fullpath-after= --log-file="$work/found/valgrind.%p" "$@"
			;;
	esac
	as_server "$@" >"$work/server.log" 2>&1 &
	server=$!
	export PGHOST="$work/socket" PGPORT=5432 PGUSER=postgres PGOPTIONS=
	unset PGDATABASE PGSERVICE PGPASSWORD
	tries=0
	until "$bindir/psql" -XAtq -d postgres -c 'SELECT 1' >/dev/null 2>&1; do
		tries=$((tries + 1))
		kill -0 "$server" 2>/dev/null && [ $tries -lt 600 ] || {
			cat "$work/server.log" >&2
			report
			fail 'the server did not start'
		}
		sleep 0.2
	done
}

psql() {
	"$bindir/psql" -Xq -d check "$@"
}

installcheck() {
	make -s PG_CONFIG="$PG_CONFIG" installcheck >"$work/installcheck.log" 2>&1 || {
		cat "$work/installcheck.log" >&2
		cat regression.diffs >&2 2>/dev/null || true
		report
		fail 'make installcheck failed' 1
	}
	say "$(grep -E 'All [0-9]+ tests passed' "$work/installcheck.log" | tr -d '#*' | sed 's/^ *//;s/ *$//')"
}

make_lab() {
	"$bindir/createdb" check
	psql -v ON_ERROR_STOP=1 -f test/sql/setup.sql >/dev/null
	psql -f check/lab.sql >/dev/null
}

# One psql for each session: the library warns once in each, and forgets with it.
plan() {
	left=$PLANS
	session=$SEED
	: >"$work/plans"
	while [ "$left" -gt 0 ]; do
		count=$((left < plans_of_session ? left : plans_of_session))
		PGOPTIONS=$1 psql -v seed="$session" -v plans="$count" -f check/plans.sql >>"$work/plans" 2>"$work/errors" || true
		if [ -s "$work/errors" ]; then
			head -c 2000 "$work/errors" >&2
			report
			fail "a plan of the session with the seed $session failed" 1
		fi
		left=$((left - count))
		session=$((session + 1))
	done
	say "$PLANS plans, $(wc -l <"$work/plans" | tr -d ' ') lines, checksum $(cksum <"$work/plans" | cut -d ' ' -f 1)"
}

# Somebody else cancels whatever the session does, at moments of no meaning.
cancel_at_random() {
	while [ ! -e "$work/done" ]; do
		psql -c "SELECT pg_sleep(random() * 0.05)" \
			-c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'interrupted'" >/dev/null 2>&1 || true
	done
}

interrupt() {
	count=$((PLANS / 10))
	most=50
	if [ "$mode" = valgrind ]; then most=1500; fi
	psql -c 'SELECT restore_all()' >/dev/null
	cancel_at_random &
	canceller=$!
	(cd check && psql -v seed="$SEED" -v plans="$count" -v most="$most" -v after="$work/after" -f interrupted.sql) \
		>"$work/whole" 2>"$work/errors" || true
	: >"$work/done"
	wait "$canceller"
	(cd check && psql -v after="$work/new" -f after.sql) >/dev/null
	# The session itself goes on after each.
	grep -E 'ERROR|FATAL|PANIC|connection' "$work/errors" | grep -v 'canceling statement due to' >"$work/others" || true
	if [ -s "$work/others" ]; then
		head -n 5 "$work/others" >&2
		report
		fail 'an interrupted plan failed otherwise' 1
	fi
	[ -s "$work/new" ] && cmp "$work/after" "$work/new" || fail 'an interrupted session plans otherwise than a new one' 1
	[ "$(grep -c 'canceling statement' "$work/errors")" -ge $((count / 20)) ] || fail 'hardly a plan was interrupted'
	say "$count plans, $(grep -c 'statement timeout' "$work/errors") stopped by a time limit and $(grep -c 'user request' "$work/errors") by a cancel; the session then plans as a new one"
}

# What the tools have written: the server's own mistakes, if any, do not have the library on their stack.
report() {
	for file in "$work"/found/*; do
		[ -s "$file" ] || continue
		case $mode in
			valgrind) awk -v sources="$work/extension/src/" -f check/valgrind.awk "$file" ;;
			*) cat "$file" ;;
		esac
	done >"$work/report"
	grep -E 'TRAP|terminated by signal' "$work/server.log" >>"$work/report" || true
	[ ! -s "$work/report" ] || head -c 20000 "$work/report" >&2
}

relocate
build
start
say "$("$bindir/psql" -XAtq -d postgres -c 'SELECT version()' | cut -d ' ' -f 1,2), assertions of the server $("$bindir/psql" -XAtq -d postgres -c 'SHOW debug_assertions')"
[ "${INSTALLCHECK:-yes}" = no ] || installcheck
make_lab
plan ''
interrupt
if [ "$("$bindir/psql" -XAtq -d postgres -c 'SHOW debug_assertions')" = on ]; then
	PLANS=$((PLANS / 20))
	plan '-c debug_discard_caches=1'
fi
as_server "$work$bindir/pg_ctl" stop -s -m fast -D "$work/data"
wait "$server" || true
server=
report
[ ! -s "$work/report" ] || fail 'mistakes were found' 1
say 'nothing found'
