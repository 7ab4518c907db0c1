#!/usr/bin/env bats
# Real logs through the whole pipe: $IR_SHARED, or ../shared/data beside the sources; skipped where they are not.
load common

setup_file() {
	shared=${IR_SHARED-$abs_top_srcdir/../shared/data}
	cd "$BATS_FILE_TMPDIR"
	[ -d "$shared" ] || return 0
	for set in security-datasets zeek-logs suricata-eve cloudtrail web-logs sigma-rules; do
		[ ! -f "$shared/$set.tar.gz" ] || tar -xzf "$shared/$set.tar.gz"
	done
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	[ -n "$(ls -d zeek-logs sigma-rules 2>/dev/null)" ] || skip "no real data"
	logs=$(ls -d security-datasets zeek-logs suricata-eve cloudtrail web-logs 2>/dev/null)
}

@test "the whole pipe over real logs with all Sigma rules: to the end, and every record accounted for" {
	[ -d sigma-rules ] || skip "no Sigma rules"
	for stage in ingest match enrich escalate; do echo 0 >status.$stage; done
	{ ir-ingest --rejects bad $logs 2>words.ingest || echo $? >status.ingest; } |
		{ ir-match -r sigma-rules 2>words.match || echo $? >status.match; } |
		{ ir-enrich 2>words.enrich || echo $? >status.enrich; } |
		{ ir-escalate 2>words.escalate || echo $? >status.escalate; } >real.ndjson
	for stage in ingest match enrich escalate; do
		[ "$(cat status.$stage)" -eq 0 ] || [ "$(cat status.$stage)" -eq 3 ] || fail "ir-$stage ended with $(cat status.$stage)" "$(tail -n 3 words.$stage)"
	done
	wants 0 ir-verify balance --stages ir-ingest,ir-match,ir-enrich,ir-escalate real.ndjson
	[ "$(grep -c '"kind":"alert"' real.ndjson)" -gt 20 ]
	[ "$(grep '"by":"ir-ingest"' real.ndjson | tail -n 1 | jq '.ir.rejected | add // 0')" -eq "$(wc -l <bad)" ]
}

@test "one line deleted anywhere: not proven (sampled)" {
	[ -s real.ndjson ] || skip "no stream"
	n=$(wc -l <real.ndjson)
	for i in 1 $((n / 5)) $((n / 3)) $((n / 2)) $((n - 20)) $((n - 1)) "$n"; do
		sed "${i}d" real.ndjson >lost
		wants 1 ir-verify balance lost
	done
}

@test "a report of it" {
	[ -s real.ndjson ] || skip "no stream"
	rm -f x.html
	ir-report -q -o x.html <real.ndjson || [ $? -eq 3 ]
	grep -q '</html>' x.html
	! grep -qi '<script' x.html
}

@test "the same bytes for -j 1 and -j 8" {
	ir-ingest -q -j 1 $logs >one || [ $? -eq 3 ]
	ir-ingest -q -j 8 $logs >eight || [ $? -eq 3 ]
	cmp one eight
	ir-match -q -j 1 one >one.alerts || [ $? -eq 3 ]
	ir-match -q -j 8 one >eight.alerts || [ $? -eq 3 ]
	cmp one.alerts eight.alerts
}
