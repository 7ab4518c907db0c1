# What the benches share; the caller has set -eu.  Programs are taken from the build folder: $BUILD, or where the bench was started.
BUILD=${BUILD:-.}
RUNS=${RUNS:-5}
here=$(dirname "$0")
[ -x "$BUILD/ir-ingest" ] && [ -x "$BUILD/tests/bench/run" ] || {
	echo "bench: start it in the build folder after \`make check TESTS=\` (or set BUILD)" >&2
	exit 2
}
PATH=$(cd "$BUILD" && pwd):$PATH
export PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM

# bench NAME INPUT OURS [PEER]: the peer only where it is.
bench() {
	name=$1 input=$2 ours=$3 peer=${4-}
	if [ -n "$peer" ] && ! command -v "${peer%% *}" >/dev/null; then
		echo "bench: ${peer%% *} is not here: no peer" >&2
		peer=
	fi
	if [ -n "$peer" ]; then
		"$BUILD/tests/bench/run" "$name" "$input" "$RUNS" "$ours" "$peer"
	else
		"$BUILD/tests/bench/run" "$name" "$input" "$RUNS" "$ours"
	fi
}
