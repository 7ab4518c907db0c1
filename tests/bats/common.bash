# common: what the .bats files share.  load common
bats_require_minimum_version 1.5.0
: "${abs_top_srcdir:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}" "${abs_top_builddir:=$abs_top_srcdir/build}"
PATH=$abs_top_builddir:$abs_top_srcdir/cmd:$PATH
unset IR_COLOR NO_COLOR COLUMNS
export TERM=dumb

# The bundled case, in $BATS_FILE_TMPDIR/case.
make_case() {
	"$abs_top_builddir/tests/maker/case" "$BATS_FILE_TMPDIR/case" >"$BATS_FILE_TMPDIR/case.words" 2>&1
	evidence=$BATS_FILE_TMPDIR/case/evidence
	assets=$BATS_FILE_TMPDIR/case/assets.csv
}

# Says why a test fails, and fails it.
fail() {
	printf '%s\n' "$@" >&2
	return 1
}

# wants STATUS COMMAND...: runs it, output in $out and words in $err; another status fails with both.
wants() {
	local want=$1 got=0
	shift
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || got=$?
	[ "$got" -eq "$want" ] || fail "$* ended with $got, not $want" "$(head -c 2000 "$BATS_TEST_TMPDIR/err")"
}

have() {
	[ -x "$abs_top_builddir/$1" ]
}
