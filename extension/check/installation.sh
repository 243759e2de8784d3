# Sourced by the other scripts: a stand-in for an installation, in $work, that the library can be installed into.
# The installation itself is left as it is. Needs PG_CONFIG and the function fail.

extension=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
bindir=$($PG_CONFIG --bindir)
libdir=$($PG_CONFIG --pkglibdir)
sharedir=$($PG_CONFIG --sharedir)
# Whom root runs the server as; empty for anybody else, who runs it as himself.
user=
if [ "$(id -u)" = 0 ]; then
	user=${CHECK_USER:-$(id -un postgres 2>/dev/null || echo nobody)}
	id "$user" >/dev/null 2>&1 && [ "$(id -u "$user")" != 0 ] ||
		fail "PostgreSQL does not run as root; CHECK_USER has to name another user, and \"$user\" is none"
	command -v setpriv >/dev/null || fail 'PostgreSQL does not run as root, and there is no setpriv to run it as another user'
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/regress-check.XXXXXX")
chmod 755 "$work"

as_server() {
	if [ -n "$user" ]; then
		setpriv --reuid="$(id -u "$user")" --regid="$(id -g "$user")" --clear-groups -- "$@"
	else
		"$@"
	fi
}

give_to_server() {
	if [ -n "$user" ]; then chown -R "$user" "$@"; fi
}

remove_work() {
	if [ -z "${KEEP:-}" ]; then rm -rf "$work"; else echo "kept: $work"; fi
}

link_folder() {
	mkdir -p "$work$1"
	for entry in "$1"/*; do
		case ${entry##*/} in
			extension | regress_planner*) ;;
			*) ln -s "$entry" "$work$1/" ;;
		esac
	done
}

# Programs find their folders from where they lie, so these are copied; the rest can be links.
relocate() {
	mkdir -p "$work$bindir"
	for program in postgres initdb pg_ctl psql; do cp "$bindir/$program" "$work$bindir/"; done
	link_folder "$libdir"
	link_folder "$sharedir"
	link_folder "$sharedir/extension"
}

# Copies the sources to $work/extension, builds them there and installs the library into the stand-in.
build_and_install() {
	cp -R "$extension" "$work/extension"
	make -s -C "$work/extension" PG_CONFIG="$PG_CONFIG" clean >"$work/build.log"
	make -s -C "$work/extension" PG_CONFIG="$PG_CONFIG" DESTDIR="$work" "$@" all install >>"$work/build.log" 2>&1 || {
		cat "$work/build.log" >&2
		fail 'the library was not built'
	}
	give_to_server "$work/extension"
}
