#!/usr/bin/env bats
# bytes: what came in goes through every program of the pipe with each byte of `raw` as it was.
load common

setup() {
	cd "$BATS_TEST_TMPDIR"
	random=$abs_top_builddir/tests/maker/random
}

# same STREAM: the raw members of its events and alerts are the documents, in their order.
same() {
	"$random" raw <"$1" >raw
	cmp docs raw || fail "$1: $(diff docs raw | head -n 2 | cut -c1-600)"
}

through() {
	"$random" 1000 "$1" >docs
	[ "$(wc -l <docs)" -eq 1000 ]
	wants 0 ir-ingest -q --format json docs
	cp out 1.ir-ingest
	same 1.ir-ingest
	ir-match -q --all -e '.raw.serial' 1.ir-ingest >2.ir-match || [ $? -eq 3 ]
	same 2.ir-match
	printf 'host,owner\nweb01,ops\n' >assets.csv
	wants 0 ir-enrich -q -s asset=assets.csv 2.ir-match
	cp out 3.ir-enrich
	same 3.ir-enrich
	wants 0 ir-escalate -q 3.ir-enrich
	cp out 4.ir-escalate
	same 4.ir-escalate
	ir-respond -q 4.ir-escalate >5.ir-respond || [ $? -eq 3 ]
	same 5.ir-respond
	ir-report -q -t json 4.ir-escalate >6.ir-report || [ $? -eq 3 ]
	jq -e . 6.ir-report >/dev/null
	wants 0 ir-verify balance 5.ir-respond
}

@test "1,000 random documents through all programs: every byte of raw" {
	through 1
	# libjq cannot read all of them: what it does not look at is said.
	alerts=$(grep -c '"kind":"alert","by"\|"ir":{"v":1,"kind":"alert"' 2.ir-match)
	[ "$alerts" -ge 500 ]
	[ $((alerts + $(grep -c '"what":"undecided"' 2.ir-match))) -eq 1000 ]
}

@test "1,000 others" {
	through 20260310
}

@test "the same wrapped by a later stage, with no ir-ingest before it" {
	"$random" 1000 7 >docs
	ir-match -q --all docs >made || [ $? -eq 3 ]
	same made
	wants 0 ir-enrich -q docs
	cp out made
	same made
}
