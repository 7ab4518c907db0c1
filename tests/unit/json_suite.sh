#!/bin/sh
# JSONTestSuite, if its archive is there ($IR_SHARED, else ../shared/data beside the source tree).
set -eu
archive=${IR_SHARED:-${srcdir:-.}/../shared/data}/json-test-suite.tar.gz
if ! [ -f "$archive" ]; then
	echo "1..0 # SKIP no json-test-suite.tar.gz"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
tar -xzf "$archive" -C "$dir"
./tests/unit/json_suite "$(find "$dir" -type d -name test_parsing)"
