#!/usr/bin/env bats
# match: the status that --fail-on gives, log sources without number.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "--fail-on: the end says the status that the program ends with" {
	echo '{"a":1}' >in
	wants 1 ir-match -q -e .a --level high --fail-on high in
	[ "$(tail -n 1 out | jq .ir.status)" -eq 1 ]
	wants 0 ir-match -q -e .a --level medium --fail-on high in
	[ "$(tail -n 1 out | jq .ir.status)" -eq 0 ]
}

@test "more log sources than are kept apart: one sum, the same for any -j" {
	seq 1 9000 | sed 's/.*/{"@timestamp":"2026-03-02T08:00:00.000000000Z","ir":{"v":1,"kind":"event","ls":[{"product":"p&"}]},"raw":{}}/' >in
	wants 3 ir-match -q -j 1 in
	cp out one
	wants 3 ir-match -q -j 8 in
	cmp one out
	[ "$(tail -n 1 out | jq -c '.ir.coverage // .coverage')" = '[{"events":9000,"rules":0,"alerts":0}]' ]
}
