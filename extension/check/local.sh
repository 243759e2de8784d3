#!/bin/sh
# Passes the tests of make installcheck on a server of its own, and leaves nothing behind. make localcheck runs it with
# the options and tests of pg_regress; it is to PGXS what make check is to contrib.
#
# PG_CONFIG  which PostgreSQL, pg_config unless given
# CHECK_USER the server's user where root runs this, postgres unless given, or else nobody
# KEEP       not empty: leave the folder of the run where it is
set -eu

PG_CONFIG=${PG_CONFIG:-pg_config}

fail() {
	echo "localcheck: $1" >&2
	exit 2
}

. "$(dirname -- "$0")/installation.sh"

clean_up() {
	status=$?
	trap - EXIT
	if [ -e "$work/instance/temporary/data/postmaster.pid" ]; then
		as_server "$work$bindir/pg_ctl" stop -s -m immediate -D "$work/instance/temporary/data" || true
	fi
	remove_work
	exit $status
}
trap clean_up EXIT
trap 'exit 2' INT TERM HUP

if [ -n "$user" ]; then echo "localcheck: the server runs as $user, because PostgreSQL does not run as root"; fi
relocate
build_and_install
mkdir "$work/instance"
give_to_server "$work/instance"
cd "$work/extension"
# A socket's path has to be short, and TMPDIR may be one that the server's user may not write into.
as_server env -u TMPDIR "$(dirname "$($PG_CONFIG --pgxs)")/../test/regress/pg_regress" --bindir="$work$bindir" \
	--temp-instance="$work/instance/temporary" --no-locale --encoding=UTF8 --dbname=contrib_regression "$@" || {
	cat regression.diffs >&2 2>/dev/null || cat "$work"/instance/temporary/log/*.log >&2 || true
	exit 1
}
