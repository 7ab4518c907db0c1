#!/usr/bin/env bats
# ir-verify balance: a stream of the whole pipe is proven, and the loss of any one line is seen and its stage named.
load common

# Few records, each kind of line: what one attack on a host leaves, among ordinary events.
setup_file() {
	make_case
	cd "$BATS_FILE_TMPDIR"
	mkdir -p small
	head -n 60 case/evidence/win/ws07-sysmon.ndjson >small/sysmon.ndjson
	grep -h -i -e lsass -e mimikatz -e certutil case/evidence/win/*.ndjson | head -n 12 >>small/sysmon.ndjson
	printf '{"broken":\n' >>small/sysmon.ndjson
	printf 'this is no log at all\n' >small/README.txt
	stages="ir-ingest ir-match"
	ir-ingest -q small >s.ir-ingest || [ $? -eq 3 ]
	ir-match -q --all s.ir-ingest >s.ir-match || [ $? -eq 3 ]
	last=s.ir-match
	for stage in ir-enrich ir-escalate; do
		have $stage || continue
		$stage -q "$last" >"s.$stage" || [ $? -eq 3 ]
		stages="$stages $stage"
		last=s.$stage
	done
	cp "$last" whole
	echo "$stages" >stages
}

setup() {
	cd "$BATS_FILE_TMPDIR"
	stages=$(cat stages)
}

@test "the stream of the whole pipe is proven, at each stage and from stdin" {
	for stage in $stages; do
		wants 0 ir-verify balance "s.$stage"
		grep -q PROVEN "$BATS_TEST_TMPDIR/out"
	done
	ir-verify balance <whole | grep -q ": PROVEN: $(wc -l <whole) lines"
	ir-verify balance -t json whole | jq -e ".proven and (.findings | length == 0) and .lines == $(wc -l <whole)"
}

@test "any line deleted: not proven, and a stage is named" {
	n=$(wc -l <whole)
	[ "$n" -gt 60 ]
	for i in $(seq 1 "$n"); do
		sed "${i}d" whole >lost
		wants 1 ir-verify balance --stages "$(echo $stages | tr ' ' ,)" lost
		grep -q '^ir-[a-z]*.*: ' "$BATS_TEST_TMPDIR/out" || fail "line $i: $(cat "$BATS_TEST_TMPDIR/out")"
		by=$(sed -n "${i}p" whole | sed -n 's/.*"ir":{"v":1,"kind":"\(note\|mark\|end\)","by":"\([a-z-]*\)".*/\2/p')
		[ -z "$by" ] || grep -q "^$by.*: " "$BATS_TEST_TMPDIR/out" || fail "line $i of $by: $(cat "$BATS_TEST_TMPDIR/out")"
	done
}

@test "a record deleted between two stages: the pair is named, with both numbers" {
	prev=
	for stage in $stages; do
		if [ -n "$prev" ]; then
			i=$(grep -n -m1 -e '"kind":"event"' -e '"kind":"alert"' "s.$prev" | cut -d: -f1)
			all=; [ "$stage" != ir-match ] || all=--all
			sed "${i}d" "s.$prev" | $stage -q $all >lost || [ $? -eq 3 ]
			wants 1 ir-verify balance lost
			grep -q "^$prev > $stage: [a-z]*: [0-9]* out of $prev, [0-9]* into $stage" "$BATS_TEST_TMPDIR/out" ||
				fail "$prev > $stage: $(cat "$BATS_TEST_TMPDIR/out")"
		fi
		prev=$stage
	done
}

@test "a last stage that changed nothing is missed when it is wanted" {
	ir-enrich -q s.ir-match >same
	wants 0 ir-verify balance --stages ir-ingest,ir-match,ir-enrich same
	sed '$d' same >lost
	wants 1 ir-verify balance --stages ir-ingest,ir-match,ir-enrich lost
	grep -q '^ir-enrich: wanted' "$BATS_TEST_TMPDIR/out"
}

@test "an end deleted between two stages: the stage that lost it says cut" {
	grep -v '"kind":"end"' s.ir-ingest | ir-match -q >lost || [ $? -eq 3 ]
	wants 1 ir-verify balance lost
	grep -q 'ir-match: says that its input was cut' "$BATS_TEST_TMPDIR/out"
}

@test "control lines doubled, swapped or moved are seen" {
	ends=$(grep -n '"kind":"end"' whole | cut -d: -f1)
	set -- $ends
	sed "$1p" whole >lost && wants 1 ir-verify balance lost
	sed "$1{h;d};$2{G}" whole >lost && wants 1 ir-verify balance lost
	mark=$(grep -n -m1 '"kind":"mark"' whole | cut -d: -f1)
	sed "${mark}p" whole >lost && wants 1 ir-verify balance lost
	grep '"kind":"end"' whole >lost && wants 1 ir-verify balance lost
	head -n $((n = $1 - 1)) whole >lost && wants 1 ir-verify balance lost
	grep -q 'cut: ' "$BATS_TEST_TMPDIR/out"
}

@test "a number changed in an account is seen" {
	for member in passed made unmatched folded suppressed; do
		sed 's/\("'$member'":\)\([0-9]*\)/\11\2/' whole >lost
		wants 1 ir-verify balance lost
		grep -q '^ir-ingest: \(in\|out\) ' "$BATS_TEST_TMPDIR/out"
	done
	sed 's/"passed":[0-9]*/"passed":18446744073709551615/;s/"made":[0-9]*/"made":18446744073709551615/' whole >lost
	wants 1 ir-verify balance lost
	sed 's/"cut":false/"cut":null/' whole >lost
	wants 1 ir-verify balance lost
	grep -q 'no whole account' "$BATS_TEST_TMPDIR/out"
}

@test "a broken line is named" {
	sed '7s/.$//' whole >lost
	wants 1 ir-verify balance lost
	grep -q 'line 7: json-syntax' "$BATS_TEST_TMPDIR/out"
}

@test "joined streams are proven together and behind one more stage" {
	cat s.ir-ingest s.ir-ingest >joined
	wants 0 ir-verify balance joined
	ir-match -q --all joined >behind || [ $? -eq 3 ]
	wants 0 ir-verify balance behind
	sed 3d joined >lost
	wants 1 ir-verify balance lost
}

@test "a big stream: sampled lines" {
	ir-ingest -q case/evidence >big || [ $? -eq 3 ]
	wants 0 ir-verify balance big
	n=$(wc -l <big)
	for i in 1 2 $((n / 3)) $((n / 2)) $((n - 1)) "$n"; do
		sed "${i}d" big >lost
		wants 1 ir-verify balance lost
		grep -q '^ir-ingest: ' "$BATS_TEST_TMPDIR/out"
	done
}

@test "nothing to tell: 3; an unknown verb: 2" {
	wants 3 ir-verify balance /dev/null
	printf '{"a":1}\n' >plain
	wants 3 ir-verify balance plain
	wants 3 ir-verify balance ./nothing-here
	wants 2 ir-verify
	for verb in prove all whole; do
		wants 2 ir-verify $verb whole
		grep -q "$verb: not a verb here" "$BATS_TEST_TMPDIR/err"
	done
}
